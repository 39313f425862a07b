// @ts-check

/** A field to type into: what is being typed there is left alone, and Escape brings back what stood there. */
export class Field {
  /** @param {HTMLInputElement} input @param {(text: string) => void} take @param {AbortSignal} signal */
  constructor(input, take, signal) {
    this.input = input;
    /** What stands there when nobody types. */
    this.text = "";
    input.addEventListener("change", () => {
      take(input.value);
      // Nothing, or the same in other words, was no move.
      this.restore();
    }, { signal });
    input.addEventListener("input", (event) => {
      // An arrow or a wheel: it types nothing, and waits for no Enter.
      if (!(event instanceof InputEvent && event.inputType)) take(input.value);
    }, { signal });
    input.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.restore();
      // Not every browser does so outside of a form.
      else if (key === "Enter") input.dispatchEvent(new Event("change", { bubbles: true }));
    }, { signal });
  }

  /** @param {string} text */
  write(text) {
    const isTyped = this.input.value !== this.text && this.input.matches(":focus");
    this.text = text;
    if (!isTyped) this.restore();
  }

  restore() {
    if (this.input.value !== this.text) this.input.value = this.text;
  }
}
