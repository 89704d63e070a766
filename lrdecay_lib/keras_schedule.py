"""The bridge from a schedule to Keras, apart so that NumPy use never imports TensorFlow."""

import keras

from .schedules import Schedule, _evaluate, from_dict


@keras.saving.register_keras_serializable("lrdecay_lib")
class KerasSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule of this library as a Keras one, made by ``schedule.to_keras()``.

    It computes in float64 and returns Keras's float type, so the applied rate is the designed one,
    rounded once. On the JAX backend it computes in JAX's default float, which is float32 unless
    its 64-bit mode is on.

    Args:
        schedule: a `lrdecay_lib.schedules.Schedule`, or what its ``to_dict`` gave.
    """

    def __init__(self, schedule):
        super().__init__()
        self.schedule = (
            schedule if isinstance(schedule, Schedule) else from_dict(schedule)
        )

    def __call__(self, step, *others):
        if others:
            raise ValueError(
                "the callback LearningRateScheduler takes the schedule itself, counted in epochs; "
                "schedule.to_keras() goes into the optimizer, and counts updates"
            )
        ops = keras.ops
        if keras.backend.backend() == "jax":  # keras.ops would give float32 in places
            rate = self.schedule(ops.convert_to_tensor(step))
        else:
            t = ops.maximum(ops.cast(step, "float64"), 0.0)
            rate = _evaluate(self.schedule, t, ops)
        return ops.cast(rate, keras.config.floatx())

    def get_config(self):
        return {"schedule": self.schedule.to_dict()}
