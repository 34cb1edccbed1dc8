"""The check of the log, by workers and by the clock. A message names a row; the row says what is to be done."""

from celery import shared_task

from municipalities.audit import checking
from municipalities.audit.checks import AuditCheck
from municipalities.audit.sealing import Chain, chains
from municipalities.municipality import scope
from municipalities.tenancy import alarm


@shared_task(name=checking.CHECK)
def check_chain(check_id: int) -> None:
    with scope.everywhere():
        found = AuditCheck.objects.filter(pk=check_id).values_list("municipality", flat=True).first()
    if found is not None:
        _check(Chain(found), check_id)


@shared_task(name=checking.CHECK_INSTALLATION)
def check_installation(check_id: int) -> None:
    _check(Chain(None), check_id)


def _check(chain: Chain, check_id: int) -> None:
    if checking.run(chain, check_id) is not None:
        alarm.tell(chain)


@shared_task(name="municipalities.tenancy.tasks.check_all", expires=12 * 3600)
def check_all() -> None:
    with scope.everywhere():
        checking.ask_all()


@shared_task(name="municipalities.tenancy.tasks.sweep_checks", expires=60)
def sweep_checks() -> None:
    with scope.everywhere():
        every = list(chains())
    for chain in every:
        checking.sweep(chain)
        alarm.tell(chain)
