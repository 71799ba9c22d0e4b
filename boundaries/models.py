# Django looks for models here, and each part of the product has its own. Import them from the part,
# as in `from boundaries.answers.models import Answers`, so that the import contracts can check it.
from boundaries import notifications  # noqa: F401
from boundaries.agreements import models as agreements  # noqa: F401
from boundaries.answers import models as answers  # noqa: F401
from boundaries.answers import private_notes  # noqa: F401
from boundaries.check_ins import models as check_ins  # noqa: F401
from boundaries.journal import models as journal  # noqa: F401
from boundaries.leaving import models as leaving  # noqa: F401
from boundaries.pairing import models as pairing  # noqa: F401
from boundaries.questions import models as questions  # noqa: F401
from boundaries.reminders import models as reminders  # noqa: F401
from boundaries.repair import models as repair  # noqa: F401
from boundaries.sealing import models as sealing  # noqa: F401
from boundaries.seats import data_keys  # noqa: F401
from boundaries.seats import models as seats  # noqa: F401
from boundaries.talks import models as talks  # noqa: F401
from boundaries.therapist_sheet import models as therapist_sheet  # noqa: F401
