from django.urls import URLPattern, URLResolver, path

from crmkpi.crm.views import customers, data

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
    path("data/imports/<int:pk>/", data.import_detail, name="import"),
    path(
        "data/imports/<int:pk>/errors.csv",
        data.import_errors_csv,
        name="import_errors_csv",
    ),
]
