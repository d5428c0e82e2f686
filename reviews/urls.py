"""Addresses of reviews."""

from django.urls import path

from reviews import views

app_name = "reviews"
urlpatterns = [
    path("reviews/", views.review_list, name="review-list"),
    path("reviews/<int:pk>/", views.review_close, name="review-close"),
    path("reviews/changes/<int:pk>/", views.assessment_judge, name="assessment-judge"),
    path("routes/<int:pk>/facts/add/", views.fact_add, name="fact-add"),
]
