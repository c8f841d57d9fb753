"""Addresses of the desk's pages of policies, under 服务."""

from django.urls import path

from .pages import conditions, draft, ending, filling, policies, preview, standards

POLICIES = "desk/benefits/"
STANDARDS = f"{POLICIES}standards/"
POLICY = f"{POLICIES}<uuid:public_id>/"
DRAFT = f"{POLICY}draft/"
urlpatterns = [
    path(POLICIES, policies.policies_page, name="policies"),
    path(f"{POLICIES}new/", policies.start_page, name="start"),
    path(STANDARDS, standards.standards_page, name="standards"),
    path(f"{STANDARDS}new/", standards.standard_new_page, name="standard_new"),
    path(f"{STANDARDS}<uuid:public_id>/publish/", standards.standard_publish_page, name="standard_publish"),
    path(
        f"{STANDARDS}<uuid:public_id>/withdraw/", standards.standard_withdraw_page, name="standard_withdraw"
    ),
    path(POLICY, policies.policy_page, name="policy"),
    path(f"{POLICY}end/", ending.end_page, name="end"),
    path(f"{POLICY}end/confirm/", ending.end_confirm_page, name="end_confirm"),
    path(f"{POLICY}end/refuse/", ending.end_refuse_page, name="end_refuse"),
    path(f"{POLICY}end/withdraw/", ending.end_withdraw_page, name="end_withdraw"),
    path(DRAFT, draft.draft_page, name="draft"),
    path(f"{DRAFT}start/", policies.draft_start_page, name="draft_start"),
    path(f"{DRAFT}amount/", filling.amount_page, name="amount"),
    path(f"{DRAFT}about/", filling.about_page, name="about"),
    path(f"{DRAFT}cases/", draft.cases_page, name="cases"),
    path(f"{DRAFT}text/", draft.text_page, name="text"),
    path(f"{DRAFT}conditions/add/", conditions.add_page, name="condition_add"),
    path(f"{DRAFT}conditions/change/", conditions.change_page, name="condition_change"),
    path(f"{DRAFT}conditions/group/", conditions.group_page, name="group"),
    path(f"{DRAFT}conditions/act/", conditions.act_page, name="condition_act"),
    path(f"{DRAFT}undo/", draft.undo_page, name="undo"),
    path(f"{DRAFT}discard/", draft.discard_page, name="discard"),
    path(f"{DRAFT}preview/", preview.preview_page, name="preview"),
    path(f"{DRAFT}propose/", draft.propose_page, name="propose"),
    path(f"{DRAFT}publish/", policies.publish_page, name="publish"),
    path(f"{DRAFT}refuse/", policies.refuse_page, name="refuse"),
    path(f"{DRAFT}withdraw/", policies.withdraw_page, name="withdraw"),
]
