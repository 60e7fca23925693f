"""Fields that forms of all apps share."""

from typing import Any

from django import forms

LONGEST_KEY = 18  # digits of the highest key that any database takes, less one


class RowsField(forms.ModelMultipleChoiceField):
    """Takes the keys of rows; a number that no database takes is no choice."""

    def clean(self, value: Any) -> Any:
        for each in value or ():
            if len(str(each)) > LONGEST_KEY:
                raise forms.ValidationError(
                    self.error_messages["invalid_pk_value"],
                    code="invalid_pk_value",
                    params={"pk": f"{str(each)[:LONGEST_KEY]}…"},
                )
        return super().clean(value)
