"""The Textual application: screens, widgets and their styles. They show and ask; every gesture goes to `tui_portail.services`.

How a screen is made here
-------------------------

* **A screen** is a `DeskScreen` (`desk_screen.py`), a dialog a `DeskDialog[Answer]`. It sets `AREA` (the first word of its commands' ids),
  `TITLE` (shown in the header), `CSS_PATH = "its_name.tcss"` beside it, `BINDINGS = bindings_of(AREA)`, perhaps `HELP` (a few lines put at
  the top of F1), and writes `compose_body()`. Header, message bar and footer come with the frame. `Escape` is already bound to
  `action_back`: override `has_unsaved()` (and `unsaved_question`) if leaving may lose something.
* **Commands** are listed once, in `commands.py` (the records' in `commands_records.py`): id, keys, label, tooltip, action, the name of the
  right needed. Keys, palette, help and footer are made from that list; a command whose right the agent lacks is hidden by
  `check_action`. Override it as `super().check_action(…)` first. Seven keys at most fit the footer.
* **Places** are in `destinations.py`: `self.portail.open("dossier", dossier_id)` imports the module then, pushes
  `DossierScreen(dossier_id)`. One step back: `self.leave()`; back to the agent's first screen: `self.portail.back_to_first()`.
  Screen modules are imported after the first frame, so they may import services at their top; `app.py`, `sign_in.py` and what
  they import may not (a test proves it).
* **Services** are called from methods marked `@gesture(group=…, exclusive=True for reads)` (`gestures.py`): `rows = await
  self.ask(list_queue, self.desk)` reads in a thread, drops stale answers; `await self.send("extend", lambda operation:
  extend_basket(self.desk, basket_id, reason, operation))` writes once. Refusals and bugs are shown by the decorator; catch a
  `PortailError` yourself only to do more, or override `refused(error)`. Answers of dialogs: `await self.app.push_screen_wait(dialog)`.
  Never call a service outside a gesture; never await `dismiss()` or `pop_screen()`.
* **Handlers** (`on_…`, `_on_…`, `@on`) of every class of the hierarchy are called by Textual: never call `super()` in one.
* **A widget of ours** that handles messages has `Guarded` (`guard.py`) as first base: a bug in a handler would otherwise end its
  message loop and freeze the screen.
* **What happened** is said by `self.message(sentence, Kind.DONE)`: it stays until the next; a toast alone is never enough.
* **Text from people** goes through `plain_text.content()` / `plain()`, and widgets get `markup=False`.
* **Fields**: `MoneyInput`, `DateInput`, `PlainInput` (`inputs.py`); `ConfirmDialog`, `ReasonDialog`, `ChoiceDialog` (`dialogs.py`);
  `Countdown`. Enter moves to the next field.
* **Rights**: `self.may("CASH")` names a member of `services.rights.Right`. **The agent and the hour**: `self.desk.agent`,
  `self.desk.now_estimate()`; the day, always `self.today` (Paris).
* Styles name theme variables (`$primary`, `$error`…), never a colour; every state also has a letter or a word.
"""
