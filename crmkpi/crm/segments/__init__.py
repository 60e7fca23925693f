"""Segments by rules, beside those that sources give.

How the two go together: there is one dimension, segment. The rules stand in one order
for the whole company, and the first that matches takes a customer; whom no rule
matches keeps the segment that the source gave. So each customer is in at most one
segment at a time, and the parts of a figure sum to the total. Facts need no column
more, and every metric of customers can be split by rules without further ado.

When: a customer is in a segment of rules from the day on which that was found, for all
rows of that day and later ones; rows before keep the segment they had, also when they
arrive or are brought in again later. Past figures therefore do not move. What a source
gives counts from the day that it names, else from the one on which it gives something
else; the days before keep what it gave then, unless that was nothing. A row that names
a segment itself keeps it. Spells and promises have the segment of their record: a
ticket that is open counts for the segment its customer was in when it was opened.

rules        conditions and what is wrong with them (pure)
stays        from when until when a customer is where (pure)
fields       what rules can look at; other apps add theirs
matching     rules as filters on customers
giving       from when on a source gives another segment
history      which segment a customer was in on a day
turning      puts customers into segments and has their rows follow
services     making, changing, ordering and archiving segments
"""
