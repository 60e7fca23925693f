"""Pages made for the tests of the scripts: one chart, one part that refreshes."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.template import engines
from django.urls import path
from django.views.decorators.http import condition

CHART_PAGE = """{% extends "base.html" %}
{% block chart_scripts %}{% include "partials/chart_scripts.html" %}{% endblock %}
{% block content %}
  <section class="panel panel-body">
    <figure class="chart">
      <canvas data-chart="trend" role="img" aria-label="Churn"></canvas>
    </figure>
    {{ trend|json_script:"trend" }}
  </section>
{% endblock %}"""

LIVE_PAGE = """{% extends "base.html" %}
{% block content %}
  <div id="part" data-live hx-get="/part" hx-trigger="every 200ms, refresh">
    {% include part %}
  </div>
{% endblock %}"""

PART = """<p id="value">{{ value }}</p>
<button type="button" popovertarget="passport">Passport</button>
<div id="passport" class="passport" popover>Passport of {{ value }}</div>"""

TREND = {
    "name": "Churn, by week",
    "labels": [f"Week {number}" for number in range(1, 15)],
    "values": [4.2, 4.3, 4.1, 4.0, None, 4.1, 4.0, 3.9, 3.8, 3.7, 3.6] + [None] * 3,
    "texts": [f"{number} %" for number in range(14)],
    "open_from": 10,
    "targets": [None] * 5 + [3.2] * 4 + [3.0] * 5,
    "target_side": "below",
    "target_label": "Target 3.0 %",
    "end_label": "3.6 %",
    "pace": [None] * 5 + [4.1 - number * 0.125 for number in range(9)],
    "mid": [None] * 10 + [3.6, 3.59, 3.58, 3.57],
    "low50": [None] * 10 + [3.6, 3.5, 3.4, 3.3],
    "high50": [None] * 10 + [3.6, 3.7, 3.8, 3.9],
    "low80": [None] * 10 + [3.6, 3.4, 3.2, 3.0],
    "high80": [None] * 10 + [3.6, 3.8, 4.0, 4.2],
    "marks": [{"at": 6, "label": "Welcome call starts"}],
}

state = {"value": "one", "answered": 0, "unchanged": 0}


def render(text, request, **context):
    return HttpResponse(engines["django"].from_string(text).render(context, request))


@login_not_required
def chart(request):
    return render(CHART_PAGE, request, trend=TREND)


@login_not_required
def live(request):
    part = engines["django"].from_string(PART).template
    return render(LIVE_PAGE, request, part=part, value=state["value"])


@login_not_required
def part(request):
    response = fresh_part(request)
    state["unchanged" if response.status_code == 304 else "answered"] += 1
    return response


@condition(etag_func=lambda request: f'"{state["value"]}"')
def fresh_part(request):
    return render(PART, request, value=state["value"])


urlpatterns = [
    path("chart", chart),
    path("live", live),
    path("part", part),
]
