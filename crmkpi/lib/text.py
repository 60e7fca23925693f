"""Text from outside, made fit for display."""


def clean_display(text: str) -> str:
    raise NotImplementedError
