"""Exercises of lesson 11.5, Tune small, or not at all?"""
