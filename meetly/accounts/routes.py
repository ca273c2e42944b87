"""Pages of accounts: signing in and out, one's own account, units and people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import clock, web
from meetly.accounts import delegations as delegating
from meetly.accounts import service, sessions
from meetly.accounts.access import members, public
from meetly.accounts.forms import (
    KIND_NAMES,
    ORDER_NAMES,
    ROLE_NAMES,
    DelegationForm,
    PasswordForm,
    SignInForm,
    UnitForm,
    UserForm,
)
from meetly.accounts.models import Role, SigningOrder, Unit, UnitKind, User
from meetly.errors import MeetlyError
from meetly.extensions import db
from meetly.forms import choices

blueprint = Blueprint("accounts", __name__)


@blueprint.app_context_processor
def _names() -> dict[str, object]:
    return {"role_names": ROLE_NAMES, "kind_names": KIND_NAMES}


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Ask who is there; go on to the page that was wanted."""
    target = web.safe_next(request.args.get("next"), "/")
    if current_user.is_authenticated:
        return redirect(target)
    form = SignInForm()
    if form.validate_on_submit():
        user = service.authenticate(form.login.data, form.password.data, request.remote_addr or "")
        if user:
            sessions.open_for(user)
            db.session.commit()
            return redirect(target)
        db.session.commit()
        form.password.errors = [_("Tên đăng nhập hoặc mật khẩu chưa đúng.")]
    return render_template("accounts/sign_in.html", form=form)


@blueprint.post("/sign-out")
@members()
def sign_out() -> ResponseReturnValue:
    """End this browser's session."""
    sessions.close()
    db.session.commit()
    return redirect(url_for("accounts.sign_in"))


@blueprint.post("/language")
@public
def language() -> ResponseReturnValue:
    """Speak Vietnamese or English from now on."""
    chosen = request.form.get("language", "")
    if chosen in web.LANGUAGES:
        session["language"] = chosen
    return redirect(web.safe_next(request.form.get("next"), "/"))


@blueprint.route("/account", methods=["GET", "POST"])
@members()
def profile() -> ResponseReturnValue:
    """Show one's own roles and change one's password."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            service.change_password(current_user, form.old.data, form.new.data)
        except MeetlyError as error:
            form.old.errors = [_(error.template, **error.values)]
        else:
            db.session.commit()
            web.good(_("Mật khẩu đã đổi. Hãy đăng nhập lại trên mọi thiết bị."))
            return redirect(url_for("accounts.sign_in"))
    return render_template("accounts/profile.html", form=form)


@blueprint.route("/units", methods=["GET", "POST"])
@members(Role.ADMIN)
def units() -> ResponseReturnValue:
    """Show the tree of units below the administrator's and add one."""
    mine = service.administered(current_user)
    form = UnitForm()
    form.parent.choices = choices((unit.id, unit.name) for unit in mine)
    if form.validate_on_submit():
        try:
            unit = service.add_unit(
                current_user.id,
                code=form.code.data.strip(),
                name=form.name.data.strip(),
                kind=UnitKind(form.kind.data),
                parent=service.unit_under(current_user, form.parent.data),
                aliases=[line.strip() for line in (form.aliases.data or "").splitlines() if line],
            )
        except MeetlyError as error:
            form.code.errors = [_(error.template, **error.values)]
        else:
            db.session.commit()
            web.good(_("Đã thêm %(name)s.", name=unit.name))
            return redirect(url_for("accounts.units"))
    return render_template("accounts/units.html", form=form, units=mine)


@blueprint.post("/units/<int:unit_id>/close")
@members(Role.ADMIN)
def close_unit(unit_id: int) -> ResponseReturnValue:
    """End a unit; what it did stays readable."""
    unit = service.unit_under(current_user, unit_id)
    service.close_unit(current_user, unit)
    db.session.commit()
    web.good(_("%(name)s đã ngừng hoạt động; dữ liệu cũ vẫn xem được.", name=unit.name))
    return redirect(url_for("accounts.units"))


@blueprint.route("/people", methods=["GET", "POST"])
@members(Role.ADMIN)
def people() -> ResponseReturnValue:
    """List the people below the administrator and add one."""
    form = UserForm()
    mine = service.administered(current_user)
    form.unit.choices = choices((unit.id, unit.name) for unit in mine)
    if form.validate_on_submit():
        try:
            user = service.add_user(
                current_user.id,
                login=form.login.data,
                name=form.name.data,
                position=form.position.data or "",
                email=form.email.data or "",
                password=form.password.data,
            )
        except MeetlyError as error:
            form.login.errors = [_(error.template, **error.values)]
        else:
            unit = service.unit_under(current_user, form.unit.data)
            service.give_role(current_user.id, user, unit, Role(form.role.data))
            db.session.commit()
            web.good(_("Đã thêm %(name)s.", name=user.name))
            return redirect(url_for("accounts.people"))
    return render_template(
        "accounts/people.html", form=form, everyone=service.users_under(current_user)
    )


@blueprint.post("/people/<int:user_id>/active")
@members(Role.ADMIN)
def set_active(user_id: int) -> ResponseReturnValue:
    """Close an account, or open it again."""
    user = service.user_under(current_user, user_id)
    service.set_active(current_user, user, request.form.get("active") == "1")
    db.session.commit()
    return redirect(url_for("accounts.people"))


@blueprint.route("/delegations", methods=["GET", "POST"])
@members(Role.LEADER, Role.SECRETARY, Role.ADMIN)
def delegations() -> ResponseReturnValue:
    """Show who signs for the head of one's units, and let somebody do so from a day on."""
    units, form = delegating.units_kept(current_user), DelegationForm()
    form.unit.choices = choices((unit.id, unit.name) for unit in units)
    leaders = {unit: delegating.leaders_of(unit) for unit in units}
    form.deputy.choices = choices(_deputies(leaders))
    if form.validate_on_submit() and _delegated(form, units):
        db.session.commit()
        web.good(_("Đã giao ký thay; văn bản trong những ngày ấy ghi đúng chức vụ người ký."))
        return redirect(url_for("accounts.delegations"))
    if not form.is_submitted():
        form.starts_on.data = clock.today()
    page = render_template(
        "accounts/delegations.html", form=form, found=delegating.of_units(units),
        last_day=delegating.last_day, above_name=delegating.above_name, today=clock.today(),
        order_names=ORDER_NAMES, can_grant=any(leaders.values()),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@blueprint.post("/delegations/<int:delegation_id>/end")
@members(Role.LEADER, Role.SECRETARY, Role.ADMIN)
def end_delegation(delegation_id: int) -> ResponseReturnValue:
    """End a delegation: the head signs again."""
    delegation = delegating.get(current_user, delegation_id)
    delegating.end(current_user, delegation)
    db.session.commit()
    web.good(_("Đã kết thúc; từ hôm nay người đứng đầu tự ký."))
    return redirect(url_for("accounts.delegations"))


def _deputies(leaders: Mapping[Unit, Sequence[User]]) -> Iterator[tuple[int, str]]:
    """Yield each leader once, with the units they lead."""
    leads: dict[int, tuple[User, list[str]]] = {}
    for unit, people in leaders.items():
        for person in people:
            leads.setdefault(person.id, (person, []))[1].append(unit.name)
    for person, names in leads.values():
        post = f", {person.position}" if person.position else ""
        yield person.id, f"{person.name}{post} ({', '.join(names)})"


def _delegated(form: DelegationForm, units: Sequence[Unit]) -> bool:
    """Do what the form says; what speaks against it is said beside the days."""
    unit = next(unit for unit in units if unit.id == form.unit.data)
    try:
        delegating.grant(
            current_user, unit, order=SigningOrder(form.order.data), post=form.post.data,
            deputy_id=form.deputy.data, starts_on=form.starts_on.data, ends_on=form.ends_on.data,
            grounds=form.grounds.data or "",
        )  # fmt: skip
    except MeetlyError as error:
        form.starts_on.errors = [_(error.template, **error.values)]
        return False
    return True
