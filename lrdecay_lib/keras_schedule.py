"""The bridge from a schedule to Keras, apart so that NumPy use never imports TensorFlow."""

import keras

from .schedules import Schedule, _evaluate, from_dict


@keras.saving.register_keras_serializable("lrdecay_lib")
class KerasSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule of this library as a Keras one, made by ``schedule.to_keras()``.

    It computes in float64 and returns Keras's float type, so the applied rate is the designed one,
    rounded once. On TensorFlow it is part of the graph; on PyTorch it is computed by NumPy on the
    host, as PyTorch's own schedulers are. On JAX it computes in JAX's default float, which is
    float32 unless its 64-bit mode is on.

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
        ops, backend = keras.ops, keras.backend.backend()
        # on these two keras.ops would give float32 in places
        if backend == "jax":
            rate = self.schedule(ops.convert_to_tensor(step))
        elif backend == "torch":
            from torch.compiler import disable

            return disable(self._on_the_host)(step)  # no new program for every rate
        else:
            t = ops.maximum(ops.cast(step, "float64"), 0.0)
            rate = _evaluate(self.schedule, t, ops)
        return ops.cast(rate, keras.config.floatx())

    def _on_the_host(self, step):
        rate = self.schedule(keras.ops.convert_to_numpy(step))
        return keras.ops.convert_to_tensor(rate, keras.config.floatx())

    def _no_rate(self, *arguments, **options):
        raise TypeError(
            "a Keras schedule is no single rate; an optimizer takes it as it is, with the "
            "brackets: schedule.to_keras()"
        )

    # what optimizers do with a rate, when SGD(schedule.to_keras) gave them the schedule for one
    __array__ = __neg__ = _no_rate

    def get_config(self):
        return {"schedule": self.schedule.to_dict()}
