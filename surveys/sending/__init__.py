"""Asking customers by themselves: from what happened to a mail that arrived.

events: what happened becomes occasions, in the transaction of the fact ·
periods: each active customer in turn · planning: due occasions become invitations ·
trial: what a rule would have done · clocks: who was asked too lately ·
reminders, sms, bounces: what else goes out and comes back.
"""
