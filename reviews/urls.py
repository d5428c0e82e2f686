"""Addresses of reviews."""

from django.urls import path

from reviews.views import adoption, board, reviews, usage

app_name = "reviews"
urlpatterns = [
    path("adoption/", adoption.adoption_list, name="adoption-list"),
    path("adoption/begin/", adoption.adoption_begin, name="adoption-begin"),
    path("adoption/<int:pk>/", board.adoption_board, name="adoption-board"),
    path("adoption/<int:pk>/change/", adoption.adoption_change, name="adoption-change"),
    path("adoption/<int:pk>/end/", adoption.adoption_end, name="adoption-end"),
    path("adoption/<int:pk>/questions/<int:item>/", board.board_item, name="board-item"),
    path("reviews/", reviews.review_list, name="review-list"),
    path("reviews/<int:pk>/", reviews.review_close, name="review-close"),
    path("reviews/changes/<int:pk>/", reviews.assessment_judge, name="assessment-judge"),
    path("routes/<int:pk>/facts/add/", reviews.fact_add, name="fact-add"),
    path("reviews/usage/<int:pk>/names/", usage.usage_names, name="usage-names"),
]
