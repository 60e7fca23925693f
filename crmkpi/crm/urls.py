from django.urls import URLPattern, URLResolver, path

from crmkpi.crm.views import customers, data, figures, manual, segments

app_name = "crm"

urlpatterns: list[URLPattern | URLResolver] = [
    path("customers/", customers.customers_list, name="customers"),
    path("customers/customers.csv", customers.customers_csv, name="customers_csv"),
    path("customers/<int:pk>/", customers.customer_detail, name="customer"),
    path(
        "customers/<int:pk>/<slug:tab>.csv",
        customers.customer_rows_csv,
        name="customer_rows_csv",
    ),
    path("data/", data.data, name="data"),
    path("manual/data/", manual.bring_data, name="manual"),
    path("data/figures/", figures.figures_list, name="figures"),
    path("data/figures/figures.csv", figures.figures_csv, name="figures_csv"),
    path("data/figures/upload/", figures.figures_upload, name="figures_upload"),
    path("data/figures/new/<slug:kind>/", figures.figure_new, name="figure_new"),
    path("data/figures/<int:pk>/", figures.figure_detail, name="figure"),
    path("data/figures/<int:pk>/delete/", figures.figure_delete, name="figure_delete"),
    path("data/segments/", segments.segments, name="segments"),
    path("data/segments/new/", segments.segment_new, name="segment_new"),
    path("data/segments/count/", segments.segment_count, name="segment_count"),
    path("data/segments/<int:pk>/", segments.segment_detail, name="segment"),
    path("data/segments/<int:pk>/edit/", segments.segment_edit, name="segment_edit"),
    path(
        "data/segments/<int:pk>/customers.csv", segments.segment_csv, name="segment_csv"
    ),
    path("data/segments/<int:pk>/move/", segments.segment_move, name="segment_move"),
    path(
        "data/segments/<int:pk>/archive/",
        segments.segment_archive,
        name="segment_archive",
    ),
    path("data/imports/<int:pk>/", data.import_detail, name="import"),
    path(
        "data/imports/<int:pk>/errors.csv",
        data.import_errors_csv,
        name="import_errors_csv",
    ),
]
