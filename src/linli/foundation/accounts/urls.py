"""Pages of accounts."""

from django.urls import path

from .views import frame, identities, me, oidc, phone, sign_in, staff_sign_in, users

app_name = "accounts"
USERS = "desk/settings/users/"
ONE = f"{USERS}<uuid:public_id>/"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/code/", sign_in.sign_in_code, name="sign_in_code"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("desk/sign-in/", staff_sign_in.staff_sign_in, name="staff_sign_in"),
    path("desk/sign-in/step/", staff_sign_in.staff_sign_in_step, name="staff_sign_in_step"),
    path("desk/sign-in/oidc/", oidc.oidc_start, name="oidc_start"),
    path("desk/sign-in/oidc/return/", oidc.oidc_return, name="oidc_return"),
    path("desk/sign-in/oidc/signed-out/", oidc.oidc_signed_out, name="oidc_signed_out"),
    path("desk/role/", frame.role_switch, name="role_switch"),
    path("desk/area/", frame.area_switch, name="area_switch"),
    path("privacy/", frame.privacy, name="privacy"),
    path("privacy/agree/", frame.privacy_agree, name="privacy_agree"),
    path("privacy/<str:version>/", frame.privacy, name="privacy_version"),
    path("me/", me.profile, name="profile"),
    path("me/phone/", phone.phone, name="phone"),
    path("me/erase/", me.erase, name="erase"),
    path("me/erased/", me.erased, name="erased"),
    path("desk/me/security/", me.security, name="security"),
    path("desk/me/deputies/", me.deputies, name="deputies"),
    path("desk/me/deputies/<int:number>/end/", me.deputy_end, name="deputy_end"),
    path(USERS, users.staff_list, name="staff_list"),
    path(f"{USERS}new/", users.staff_new, name="staff_new"),
    path(ONE, users.staff_detail, name="staff_detail"),
    path(f"{ONE}reset/", users.staff_reset, name="staff_reset"),
    path(f"{ONE}state/", users.staff_state, name="staff_state"),
    path(f"{ONE}roles/new/", users.staff_role_new, name="staff_role_new"),
    path(f"{ONE}roles/<uuid:role_id>/end/", users.staff_role_end, name="staff_role_end"),
    path(f"{ONE}deputy/", users.staff_deputy, name="staff_deputy"),
    path(f"{ONE}identities/", identities.identity_new, name="identity_new"),
    path(f"{ONE}identities/<uuid:identity_id>/confirm/", identities.confirm, name="identity_confirm"),
    path(f"{ONE}identities/<uuid:identity_id>/end/", identities.end, name="identity_end"),
    path(f"{ONE}handover/", users.staff_handover, name="staff_handover"),
]
