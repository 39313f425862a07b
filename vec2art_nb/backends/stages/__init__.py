"""Stages that several backends share, each with the parameters that it reads.

A module here declares a ``Params`` base and the stages that read it; a backend inherits the one and lists the others.
"""
