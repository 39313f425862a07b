// @ts-check
/** Whether a view is on the screen: said when it changes, and again and again while it is. */

// The kernel forgets who has said nothing for more than twice as long.
export const AGAIN_MS = 10_000;

export class Watch {
  /** @param {(shown: boolean) => void} tell @param {(act: () => void, ms: number) => (() => void)} every gives what stops it */
  constructor(tell, every = everyMilliseconds) {
    this.tell = tell;
    this.every = every;
    this.isInPlace = false;
    this.isPageShown = true;
    this.isTold = false;
    this.stopAgain = () => {};
  }

  /** @param {boolean} isInPlace whether the view is within what the page shows */
  place(isInPlace) {
    this.isInPlace = isInPlace;
    this.settle();
  }

  /** @param {boolean} isShown whether the page is shown at all */
  page(isShown) {
    this.isPageShown = isShown;
    this.settle();
  }

  settle() {
    const shown = this.isInPlace && this.isPageShown;
    if (shown === this.isTold) return;
    this.isTold = shown;
    this.tell(shown);
    this.stopAgain();
    this.stopAgain = shown ? this.every(() => this.tell(true), AGAIN_MS) : () => {};
  }
}

/** @param {() => void} act @param {number} ms */
function everyMilliseconds(act, ms) {
  const timer = setInterval(act, ms);
  return () => clearInterval(timer);
}
