"""The small library of the book: schedules, tasks, training, evidence, figures, exercises.

Import the room you need, for example ``from lrdecay_lib import schedules``. Nothing is imported
here, so NumPy lessons do not wait for TensorFlow.
"""

import os

# TensorFlow greets on stderr (CPU features, missing GPU) unless told before its import not to. A
# lesson's
# stored outputs must be the same on every machine, so only its exceptions, which Python raises, are
# kept.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
