"""Federated averaging: equal to plain gradient descent where it must be, paired, and measured
from the true optimum."""

import numpy as np
import pytest

from lrdecay_lib import evidence, federated
from lrdecay_lib.schedules import Constant, Linear
from lrdecay_lib.tasks import ClientDigits

TASK = ClientDigits(samples=200, clients_count=4, shards=2)
RIVALS = {"constant": Constant(), "linear": Linear(6)}


def last(clients, rates, **setting):
    *_, w = federated._average(
        clients,
        0,
        np.asarray(rates, dtype=float)[:, None],
        **{"ridge": 0.1, "batch_size": 50, **setting},
    )
    return w


def test_one_local_update_is_gradient_descent_on_all_images():
    x, y = federated._clients(TASK, 0)
    everyone = x.reshape(1, 200, 65), y.reshape(1, 200)
    assert last((x, y), [0.5] * 7) == pytest.approx(
        last(everyone, [0.5] * 7, batch_size=200), abs=1e-12
    )


def test_the_gradient_is_that_of_the_objective():
    clients = tuple(
        part.reshape(1, -1, *part.shape[2:]) for part in federated._clients(TASK, 0)
    )
    w, direction = np.random.default_rng(0).normal(size=(2, 65, 10))
    slope = np.sum(federated._gradient(w[None], *clients, 0.3)[0] * direction)
    up, down = (
        federated._objective(clients, w + h * direction, 0.3)[0] for h in (1e-5, -1e-5)
    )
    assert slope == pytest.approx((up - down) / 2e-5, rel=1e-6)


def test_the_gap_closes_without_drift_and_noise():
    clients = federated._clients(TASK, 0)
    gap = federated._objective(
        clients, last(clients, [0.5] * 2000), 0.1
    ) - federated._least(clients, 0.1)
    assert 0 <= gap[0] + 1e-9 < 1e-8


def test_a_constant_rate_rests_above_the_optimum_and_a_smaller_one_nearer():
    gaps = (
        federated.sweep(
            TASK, {"constant": Constant()}, [0.05, 0.5], range(2), 300, ridge=0.1
        )
        .table.groupby("peak")["gap"]
        .mean()
    )
    assert 0 < gaps[0.05] < gaps[0.5]


def test_a_run_does_not_depend_on_its_company():
    alone = federated.sweep(
        TASK, {"linear": RIVALS["linear"]}, [0.5], range(2), 6
    ).table
    beside = federated.sweep(TASK, RIVALS, [0.25, 0.5], range(2), 6).table
    beside = beside[(beside.schedule == "linear") & (beside.peak == 0.5)]
    assert np.allclose(alone["test_loss"], beside["test_loss"], rtol=1e-12, atol=0)


def test_its_tables_are_what_evidence_takes():
    rates = evidence.grid(0.05, 50)
    best = evidence.tune(
        federated.sweep(TASK, RIVALS, rates, range(5, 10), 6).table, "loss"
    )
    result = federated.sweep(TASK, RIVALS, best, range(5), 6, evaluate_every=2)
    assert (
        len(
            evidence.paired(
                result.table, "linear", "constant", "loss", tuned=best
            ).values
        )
        == 5
    )
    assert (
        sorted(result.curves["round"].unique()) == [0, 2, 4, 6]
        and "gap" not in result.table
    )


@pytest.mark.parametrize(
    "wrong, named",
    [
        ({"rounds": 0}, "rounds"),
        ({"rounds": 2.0}, "rounds"),
        ({"ridge": -1.0}, "ridge"),
        ({"batch_size": 7}, "batch_size"),
        ({"peaks": {"constant": 0.1}}, "peaks"),
        ({"peaks": [-0.1]}, "peaks of 'constant' must be finite rates"),
        ({"seeds": [1, 1]}, "seeds"),
        ({"seeds": [-1]}, "seed"),
        ({"evaluate_every": 0}, "evaluate_every"),
    ],
)
def test_wrong_arguments_are_named(wrong, named):
    setting = {"peaks": [0.1], "rounds": 2, "seeds": range(1), **wrong}
    with pytest.raises(ValueError, match=named):
        federated.sweep(TASK, RIVALS, **setting)
