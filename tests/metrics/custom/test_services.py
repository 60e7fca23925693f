"""Making, changing, sharing, retiring and deleting metrics."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from crmkpi.accounts.models import AuditEvent
from metrics.catalog import METRICS
from metrics.custom import loading
from metrics.custom.definitions import Line
from metrics.custom.errors import BadInput, Conflict, InUse
from metrics.custom.models import CustomMetric, CustomStamp, CustomVersion
from metrics.custom.services import delete_metric, retire_metric
from metrics.custom.uses import uses_of
from metrics.dimensions import Cut
from metrics.models import MetricVersion
from metrics.scopes import team_scope
from objectives import services as objectives
from objectives.rules import Numbers
from tests.metrics.custom.making import CLOSED, WON, change, formula, make, ratio
from tests.objectives.cast import objective
from tests.world import NOW


def faults(act, *given, **named):
    with pytest.raises(BadInput) as caught:
        act(*given, **named)
    return {name: str(words) for name, words in caught.value.faults.items()}


def test_a_metric_is_found_under_a_key_of_its_own(world):
    metric = make(ratio(title="Won – really?"), world.ana)
    assert metric.key == "own_won_really"
    found = METRICS[metric.key]
    assert (found.title, found.family, found.additivity) == (
        "Won – really?",
        "own",
        "R",
    )
    assert str(found.formula) == "(deals won) ÷ (deals closed)"
    assert found.fingerprint() == METRICS["win_rate"].fingerprint()
    assert metric.key not in list(METRICS)
    assert metric.key in METRICS.everything()
    event = AuditEvent.objects.get(action="metric.created")
    assert (event.actor, event.subject) == (world.ana, f"metric {metric.key}")


def test_keys_never_clash(world):
    keys = [make(ratio(title="Churn!"), world.ana).key for _ in range(3)]
    keys.append(make(ratio(title="解約率"), world.ana).key)
    assert keys == ["own_churn", "own_churn_2", "own_churn_3", "own_metric"]
    assert all(key.isidentifier() for key in keys)  # so that formulas can name them


@pytest.mark.parametrize("who", ["lee", "alice", "nora", "adam"])
def test_only_managers_make_metrics(world, who):
    with pytest.raises(PermissionDenied):
        make(ratio(), getattr(world, who))


@pytest.mark.parametrize(
    ("definition", "field", "words"),
    [
        (ratio(title=" "), "title", "Give the metric a name"),
        (ratio(above=()), "above", "Choose at least one measure"),
        (ratio(below=(Line("nothing.rows"),)), "below", "from the list"),
        (
            ratio(above=(WON, Line("opportunitiesclosed.won_amount"))),
            "above",
            "cannot be added up",
        ),
        (ratio(unit="seconds"), "unit", "per cent or a number"),
        (
            ratio(above=(CLOSED,), below=(Line("orderspaid.amount"),)),
            "below",
            "Divide deals closed by a count",
        ),
        (
            ratio(
                above=(WON, Line("ticketsopened.rows")), below=(Line("answers.rows"),)
            ),
            "below",
            "these are of 3",
        ),
        (
            ratio(above=(Line("opportunitiesclosed.won", int(Cut.SURVEY), (1,)),)),
            "above",
            "use region, industry, product, channel",
        ),
        (
            ratio(above=(Line("opportunitiesclosed.won", int(Cut.CHANNEL)),)),
            "above",
            "Say which channel",
        ),
        (formula("1 + 2"), "formula", "at least one metric"),
        (formula("win_rate +"), "formula", "At character 11, at the end"),
        (formula("win_rat"), "formula", "Did you mean win_rate?"),
    ],
)
def test_what_cannot_be_is_refused_in_words(world, definition, field, words):
    assert words in faults(make, definition, world.ana)[field]
    assert not CustomMetric.objects.exists()


def test_an_edit_makes_a_version_and_old_values_stay(world):
    metric = make(ratio(), world.ana)
    change(metric, ratio(title="Another name"), world.ana)
    change(metric, ratio(title="Another name", min_n=5), world.ana, number=2)
    change(
        metric, ratio(title="Another name", min_n=5), world.ana, number=3
    )  # the same
    versions = CustomVersion.objects.filter(metric=metric)
    assert [each.number for each in versions] == [1, 2, 3]
    computed = MetricVersion.objects.filter(key=metric.key)
    assert [each.number for each in computed] == [1, 2]  # a name changes no number
    assert [each.computed_as.number for each in versions] == [1, 1, 2]
    assert METRICS[metric.key].min_n == 5


def test_going_back_to_an_earlier_definition_is_a_version_too(world):
    metric = make(ratio(), world.ana)
    change(metric, ratio(min_n=5), world.ana)
    change(metric, ratio(), world.ana, number=2)
    numbers = MetricVersion.objects.filter(key=metric.key).values_list("number")
    assert [number for (number,) in numbers] == [1, 2, 3]


def test_a_version_never_changes(world):
    make(ratio(), world.ana)
    version = CustomVersion.objects.get()
    version.title = "Something else"
    with pytest.raises(TypeError):
        version.save()


def test_an_edit_of_what_somebody_else_has_changed_is_refused(world):
    metric = make(ratio(), world.ana)
    change(metric, ratio(min_n=5), world.mona)
    with pytest.raises(Conflict):
        change(metric, ratio(min_n=6), world.ana)


def test_a_ring_is_refused_and_named(world):
    one = make(formula("win_rate", title="One"), world.ana)
    two = make(formula("own_one + 1", title="Two"), world.ana)
    three = make(formula("own_two + csat", title="Three"), world.ana)
    found = faults(change, one, formula("own_three", title="One"), world.ana)
    assert "own_one → own_three → own_two → own_one" in found["formula"]
    found = faults(change, two, formula("own_two", title="Two"), world.ana)
    assert "own_two → own_two" in found["formula"]
    change(three, formula("own_one", title="Three"), world.ana)  # a way, but no ring


@pytest.mark.parametrize("sharing", ["private", "team", "everybody"])
def test_who_reads_a_metric(world, sharing):
    team = world.support if sharing == "team" else None
    metric = make(ratio(), world.ana, sharing=sharing, team=team)
    reading = {
        name
        for name in ("ana", "lee", "alice", "carl", "cleo", "mona", "nora", "adam")
        if METRICS.may_read(metric.key, world.access(getattr(world, name)))
    }
    around = {"ana", "lee", "alice", "mona", "nora"}
    assert (
        reading
        == {
            "private": {"ana"},
            "team": around,
            "everybody": around | {"carl", "cleo", "adam"},
        }[sharing]
    )


def test_sharing_asks_for_a_team_that_one_manages(world):
    assert "Choose the team" in faults(make, ratio(), world.ana, sharing="team")["team"]
    found = faults(make, ratio(), world.ana, sharing="team", team=world.north)
    assert "that you manage" in found["team"]
    assert "who may read" in faults(make, ratio(), world.ana, sharing="x")["sharing"]


def test_a_formula_is_shared_no_wider_than_what_it_reads(world):
    make(ratio(title="Mine"), world.ana, sharing="private")
    found = faults(make, formula("own_mine"), world.ana)
    assert "own_mine" in found["sharing"]
    make(formula("own_mine"), world.ana, sharing="private")
    found = faults(make, formula("own_mine"), world.mona)  # who cannot even read it
    assert "no metric “own_mine”" in found["formula"]


def test_a_metric_in_use_is_not_taken_from_its_readers(world):
    part = make(ratio(title="Part"), world.ana)
    whole = make(formula("own_part", title="Whole"), world.ana)
    found = faults(change, part, ratio(title="Part"), world.ana, sharing="private")
    assert "“Whole” is built on this metric" in found["sharing"]
    change(whole, formula("own_part", title="Whole"), world.ana, sharing="private")
    change(part, ratio(title="Part"), world.ana, sharing="private")


@pytest.mark.parametrize(
    ("sharing", "may"),
    [
        ("private", {"ana"}),
        ("team", {"ana", "mona"}),
        ("everybody", {"ana", "mona"}),
    ],
)
def test_who_changes_a_metric(world, sharing, may):
    team = world.support if sharing == "team" else None
    metric = make(ratio(), world.ana, sharing=sharing, team=team)
    for name in ("ana", "mona", "lee", "nora", "adam", "carl"):
        actor = getattr(world, name)
        if name in may:
            retire_metric(metric=metric, retired=True, actor=actor, now=NOW)
            continue
        with pytest.raises(PermissionDenied):
            retire_metric(metric=metric, retired=True, actor=actor, now=NOW)


def test_a_retired_metric_is_offered_no_more_but_computed(world):
    metric = make(ratio(), world.ana)
    access = world.access(world.ana)
    retire_metric(metric=metric, retired=True, actor=world.ana, now=NOW)
    assert metric.key not in METRICS.readable(access)
    assert metric.key in METRICS.everything()
    assert METRICS.may_read(metric.key, access)
    retire_metric(metric=metric, retired=False, actor=world.ana, now=NOW)
    assert metric.key in METRICS.readable(access)


def follow(world, metric, team):
    held = objective(world, team=team)
    return objectives.add_key_result(
        objective=held,
        metric=metric.key,
        scope=team_scope(team),
        direction="increase",
        numbers=Numbers(baseline=Decimal(10), target=Decimal(20)),
        actor=world.mona,
        now=NOW,
    )


def test_a_metric_in_use_is_retired_not_deleted(world):
    metric = make(ratio(), world.ana)
    other = make(formula(metric.key, title="On top"), world.ana)
    follow(world, metric, world.support)
    titles = [use.title for use in uses_of(metric.key)]
    assert titles[0] == "On top"
    assert len(titles) == 2
    with pytest.raises(InUse) as caught:
        delete_metric(metric=metric, actor=world.ana, now=NOW)
    assert len(caught.value.uses) == 2
    delete_metric(metric=other, actor=world.ana, now=NOW)
    assert not CustomMetric.objects.filter(pk=other.pk).exists()
    assert not MetricVersion.objects.filter(key=other.key).exists()
    assert other.key not in METRICS


def test_a_use_that_a_reader_may_not_see_is_counted_without_its_name(world):
    metric = make(ratio(), world.mona)
    make(formula(metric.key, title="Secret"), world.mona, sharing="private")
    (use,) = uses_of(metric.key, access=world.access(world.ana))
    assert (use.title, use.url) == ("", "")


def test_a_key_result_needs_a_metric_that_its_team_reads(world):
    metric = make(ratio(), world.mona, sharing="private")
    with pytest.raises(objectives.BadInput) as caught:
        follow(world, metric, world.support)
    assert "share it" in str(caught.value.faults["metric"])
    change(metric, ratio(), world.mona, sharing="team", team=world.company)
    follow(world, metric, world.support)
    with pytest.raises(BadInput, match="shut out"):
        change(metric, ratio(), world.mona, sharing="team", team=world.sales)


def test_another_process_sees_a_change_at_its_next_request(
    world, django_assert_num_queries
):
    make(ratio(), world.ana)
    loading.look_again()
    loading._held.stamp = None  # a process that knows nothing yet
    with django_assert_num_queries(2):
        assert METRICS["own_our_share"].min_n == 30
    with django_assert_num_queries(0):  # the same request
        assert METRICS["own_our_share"].title == "Our share"
        METRICS.everything()
    loading.look_again()  # the next one, nothing changed
    with django_assert_num_queries(1):
        assert METRICS["own_our_share"].min_n == 30
    # What another process does: rows and stamp, without a word to this one.
    held = dict(CustomVersion.objects.values().get()) | {
        "id": None,
        "number": 2,
        "min_n": 7,
    }
    CustomVersion.objects.bulk_create([CustomVersion(**held)])
    CustomStamp.objects.update(stamp="another")
    assert METRICS["own_our_share"].min_n == 30  # within one request all stays the same
    loading.look_again()
    assert METRICS["own_our_share"].min_n == 7


def test_declared_metrics_are_found_without_the_database(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert METRICS["win_rate"].key == "win_rate"
        assert "win_rate" in METRICS
        assert "nothing" not in METRICS
        assert len(list(METRICS)) == len(METRICS)


def test_what_a_release_takes_away_says_so_instead_of_failing(world):
    make(ratio(), world.ana)
    make(formula("win_rate", title="On win rate"), world.ana)
    make(formula("own_on_win_rate", title="On top"), world.ana)
    CustomVersion.objects.filter(kind="ratio").update(
        above=[{"measure": "opportunitiesclosed.gone"}]
    )
    CustomVersion.objects.filter(title="On win rate").update(formula="gone_rate")
    CustomStamp.objects.update(stamp="a release later")
    loading.look_again()
    assert "opportunitiesclosed.gone" in str(METRICS["own_our_share"].formula)
    assert "gone_rate" in str(METRICS["own_on_win_rate"].formula)
    assert METRICS["own_on_top"].inputs == ("own_on_win_rate",)
