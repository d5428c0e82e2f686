"""Addresses of reviews."""

from django.urls import path

from reviews.views import adoption, board, policies, policy_verdicts, reviews, usage, verdicts

app_name = "reviews"
urlpatterns = [
    path("adoption/", adoption.adoption_list, name="adoption-list"),
    path("adoption/begin/", adoption.adoption_begin, name="adoption-begin"),
    path("adoption/<int:pk>/", board.adoption_board, name="adoption-board"),
    path("adoption/<int:pk>/change/", adoption.adoption_change, name="adoption-change"),
    path("adoption/<int:pk>/end/", adoption.adoption_end, name="adoption-end"),
    path("adoption/<int:pk>/questions/<int:item>/", board.board_item, name="board-item"),
    path("adoption/<int:pk>/brief/", verdicts.adoption_brief, name="adoption-brief"),
    path("adoption/<int:pk>/decide/", verdicts.verdict_propose, name="verdict-propose"),
    path("adoption/verdicts/<int:pk>/withdraw/", verdicts.verdict_withdraw, name="verdict-withdraw"),
    path("adoption/sign/<int:pk>/", verdicts.verdict_sign, name="verdict-sign"),
    path("reviews/", reviews.review_list, name="review-list"),
    path("reviews/<int:pk>/", reviews.review_close, name="review-close"),
    path("reviews/changes/<int:pk>/", reviews.assessment_judge, name="assessment-judge"),
    path("reviews/policies/", policies.policy_list, name="policy-list"),
    path("reviews/policies/also/", policies.policy_also, name="policy-also"),
    path("reviews/policies/<int:pk>/", policies.policy_assessment, name="policy-assessment"),
    path("reviews/policies/<int:pk>/judge/", policy_verdicts.policy_judge, name="policy-judge"),
    path("routes/<int:pk>/facts/add/", reviews.fact_add, name="fact-add"),
    path("reviews/usage/<int:pk>/names/", usage.usage_names, name="usage-names"),
]
