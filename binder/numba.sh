# For postBuild and start alike. Binder builds on one machine and runs on another, and numba throws compiled kernels away
# when the processor is not the one that they were made for; so they are made for none in particular.
export NUMBA_CPU_NAME=generic
