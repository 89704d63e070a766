"""The bridge from a schedule to Keras, apart so that NumPy use never imports TensorFlow."""

import keras

from .schedules import Schedule, from_dict


@keras.saving.register_keras_serializable("lrdecay_lib")
class KerasSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule of this library as a Keras one, made by ``schedule.to_keras()``.

    It computes in float64 and returns Keras's float type, so the applied rate is the designed one,
    rounded once. (On JAX, Keras computes cosines and floors in float32, in its 64-bit mode too.)

    Args:
        schedule: a `lrdecay_lib.schedules.Schedule`, or what its ``to_dict`` gave.
    """

    def __init__(self, schedule):
        super().__init__()
        self.schedule = (
            schedule if isinstance(schedule, Schedule) else from_dict(schedule)
        )

    def __call__(self, step):
        ops = keras.ops
        t = ops.maximum(ops.cast(step, "float64"), 0.0)
        return ops.cast(self.schedule._at(t, ops), keras.config.floatx())

    def get_config(self):
        return {"schedule": self.schedule.to_dict()}
