"""The table of what others were bitten by, row by row: who shows that we are not.

Each row has at least one test that bears its title; the first is the one to read.
"""

import re
from collections.abc import Callable

import pytest

from tests.lib import test_workbooks as workbooks
from tests.surveys import test_answers as answering
from tests.surveys import test_hiding as hiding
from tests.surveys import test_races as races
from tests.surveys import test_versions as versions
from tests.surveys.api import test_results_and_responses as api
from tests.surveys.sending import test_bounces as bounces
from tests.surveys.sending import test_traps as sending
from tests.surveys.views import test_breakdown as comparing
from tests.surveys.views import test_public as public
from tests.surveys.views import test_result_links as shared_results
from tests.surveys.views import test_result_traps as results
from tests.surveys.views import test_staff as staff
from tests.surveys.views import test_traps as pages

Tests = tuple[Callable[..., None], ...]

TABLE: dict[str, Tests] = {
    "Scanner answers by GET": (
        pages.test_scanner_answers_by_get_on_every_address,
        public.test_scanner_answers_by_get,
        sending.test_scanner_answers_by_get,
    ),
    '"Detect the bot" heuristics': (pages.test_detect_the_bot_heuristics,),
    "Opt-out by GET": (
        sending.test_opt_out_by_get,
        public.test_opt_out_by_get_only_asks,
    ),
    "Double or concurrent submit": (
        races.test_double_or_concurrent_submit_of_one_form,
        races.test_double_or_concurrent_submit_from_50_tabs,
        races.test_double_or_concurrent_submit_of_one_shared_form,
        races.test_double_or_concurrent_submit_of_one_anonymous_link,
        races.test_double_or_concurrent_submit_of_one_shared_anonymous_form,
    ),
    "Forwarded link overwrites first": (
        answering.test_forwarded_link_overwrites_first,
    ),
    "Token guessing, enumeration": (public.test_token_guessing_enumeration,),
    "Key rotation kills links": (answering.test_key_rotation_kills_links,),
    "Anonymous that is not": (pages.test_anonymous_that_is_not,),
    "Small-group differencing": (
        hiding.test_small_group_differencing,
        comparing.test_small_group_differencing,
        shared_results.test_small_group_differencing,
    ),
    "Attribution at answer time": (
        answering.test_attribution_at_answer_time,
        sending.test_attribution_at_answer_time,
        results.test_attribution_at_answer_time,
    ),
    "Gaming": (sending.test_gaming, pages.test_gaming_by_agents),
    "Reopen, resolve again": (sending.test_reopen_resolve_again,),
    "Celery sends twice": (
        sending.test_celery_sends_twice,
        races.test_celery_sends_twice_at_once,
    ),
    "Auto-closed tickets": (sending.test_auto_closed_tickets,),
    "Edited while running": (
        versions.test_edited_while_running,
        sending.test_edited_while_running,
    ),
    "Wrong formula or denominator": (
        results.test_wrong_formula_or_denominator,
        answering.test_wrong_formula_or_denominator_starts_with_a_bad_score,
    ),
    "Clock and zone": (
        pages.test_clock_and_zone,
        results.test_clock_and_zone,
        sending.test_clock_and_zone,
    ),
    "Bounces": (
        results.test_bounces,
        bounces.test_bounces_suppress_and_leave_the_denominator,
        bounces.test_bounces_that_are_soft_are_quarantine_after_three,
    ),
    "Embed vs clickjacking": (pages.test_embed_vs_clickjacking,),
    "Comment as payload": (
        pages.test_comment_as_payload_wherever_it_can_be_stored,
        results.test_comment_as_payload,
    ),
    "Text edge cases": (
        pages.test_text_edge_cases_in_posted_bodies,
        pages.test_text_edge_cases_5000_emoji,
        results.test_text_edge_cases,
        api.test_text_edge_cases_are_refused_row_by_row,
        api.test_text_edge_cases_of_the_whole_body,
    ),
    "Formula on export": (
        staff.test_formula_on_export,
        comparing.test_formula_on_export,
        workbooks.test_formula_on_export,
    ),
    "Thank-you redirect": (public.test_thank_you_redirect,),
}


@pytest.mark.parametrize("title", TABLE)
def test_each_row_has_a_test_that_bears_its_title(title: str) -> None:
    words = re.findall(r"[a-z]+", title.lower())

    assert TABLE[title]
    for test in TABLE[title]:
        assert test.__name__.startswith("test_" + "_".join(words))
