"""Calibration of relevance: ``python -m research.relevance``.

Pictures and sentences (:mod:`.sets`) become searches of galleries, some of which hold what is asked
for and some do not (:mod:`.trials`); constants are fitted (:mod:`.fit`) and judged by searches that
they were not fitted on (:mod:`.report`).
"""
