package commands

import (
	"context"

	"alignbot/pipeline"
	"alignbot/storage"
)

// Handler does one thing for one person.
type Handler func(ctx context.Context, app *App, req *Request) (Reply, error)

// Entry is one thing that can be done: where, under which name, who may, what
// has to be loaded, and the handler.
type Entry struct {
	On Surface
	// Name of the slash command without prefix ("/idea"), the action id, the
	// callback id of the form or shortcut. "" where the surface needs none.
	Name string
	// Word of the subcommand; "" answers the bare command.
	Word string
	// Fits tells, where the bare command takes free text, whether what follows
	// the word is meant for it; nil where it is when the word was typed in
	// small letters. "/idea Add dark mode" is a title, "/idea add Dark mode" is
	// not, nor is "/idea Show PAY-1".
	Fits func(rest string) bool
	// Alone tells whether what follows the bare command names something, so that
	// this is meant without its word: "/outcome O1" is "/outcome show O1".
	Alone func(text string) bool
	// Usage after the word, and Help: one line each, shown by help and in
	// Slack's own completion.
	Usage, Help string
	// May is checked before the handler runs, against the team loaded.
	May pipeline.Action
	// MayFor, where it depends on what was loaded, tells what is checked in
	// place of May.
	MayFor func(req *Request) pipeline.Action
	// Wants says what to load in the one round trip to read. nil: the team of
	// the channel.
	Wants func(req *Request) (storage.Want, error)
	// Direct: nothing is loaded and May is not checked before the handler, which
	// reads, asks what the person may, and writes in one round trip.
	Direct bool
	Do     Handler
}

// List is everything a person can do, in the order help shows it.
func List() []Entry {
	return []Entry{
		// /idea
		{On: Slash, Name: "/idea", Usage: "[title]", Help: "Capture an idea: opens the form", May: pipeline.SubmitIdea, Wants: wantDraft, Do: openIdeaForm},
		{On: Slash, Name: "/idea", Word: "add", Usage: "text", Help: "Capture an idea at once, without the form", May: pipeline.SubmitIdea, Do: addIdea},
		{On: Slash, Name: "/idea", Word: "list", Fits: fitsList, Usage: "[stage] [mine] [orphans] [withdrawn]", Help: "Browse ideas, ten at a time", May: pipeline.ReadTeam, Do: listIdeas},
		{On: Slash, Name: "/idea", Word: "show", Fits: fitsKey, Usage: "KEY", Help: "Show everything about one idea", May: pipeline.ReadTeam, Wants: wantShown, Do: showIdea},
		{On: Slash, Name: "/idea", Word: "find", Usage: "words", Help: "Search all ideas", May: pipeline.ReadTeam, Do: findIdeas},
		{On: Slash, Name: "/idea", Word: "edit", Fits: fitsKey, Usage: "KEY", Help: "Edit an idea", May: pipeline.ChangeOwnIdea, Wants: wantTypedIdea, Do: openEditForm},
		{On: Slash, Name: "/idea", Word: "withdraw", Fits: fitsKey, Usage: "KEY", Help: "Take an idea back; it can be brought back", May: pipeline.ChangeOwnIdea, Wants: wantTypedIdea, Do: withdrawIdea},
		{On: Slash, Name: "/idea", Word: "help", Help: "What /idea can do", May: pipeline.OpenHome, Do: help("/idea")},
		{On: GlobalShortcut, Name: ShortcutCapture, Usage: "Capture an idea", Help: "Write down an idea for your team", May: pipeline.SubmitIdea, Wants: wantDraft, Do: openIdeaForm},
		{On: MessageShortcut, Name: ShortcutFromText, Usage: "Capture as idea", Help: "Make an idea of this message", May: pipeline.SubmitIdea, Wants: wantDraft, Do: openFormFromMessage},
		{On: Reaction, May: pipeline.SubmitIdea, Do: offerFromReaction},
		{On: Button, Name: actionNew, May: pipeline.SubmitIdea, Wants: wantNewForm, Do: openFormFromButton},
		{On: Button, Name: actionDraft, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionAfresh, May: pipeline.SubmitIdea, Wants: wantFormAfresh, Do: startAfresh},
		{On: Button, Name: actionEditAfresh, May: pipeline.ChangeOwnIdea, Wants: wantFormIdea, Do: startEditAfresh},
		{On: Button, Name: actionDiscard, May: pipeline.OpenHome, Wants: wantNothing, Do: discardDraft},
		{On: Button, Name: actionLongText, May: pipeline.OpenHome, Wants: wantLongText, Do: showLongText},
		{On: Close, Name: formIdea, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Submit, Name: formIdea, May: pipeline.SubmitIdea, Wants: wantFormTeam, Do: captureIdea},
		{On: Button, Name: actionShow, May: pipeline.ReadTeam, Wants: wantDetails, Do: showIdea},
		{On: Button, Name: actionEdit, May: pipeline.ChangeOwnIdea, Wants: wantButtonIdea, Do: openEditForm},
		{On: Close, Name: formIdeaEdit, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Submit, Name: formIdeaEdit, May: pipeline.ChangeOwnIdea, Wants: wantFormIdea, Do: editIdea},
		{On: Button, Name: actionWithdraw, May: pipeline.ChangeOwnIdea, Wants: wantButtonIdea, Do: withdrawIdea},
		{On: Button, Name: actionBringBack, May: pipeline.ChangeOwnIdea, Wants: wantReturn, Do: bringBackIdea},
		{On: Button, Name: actionStatus, May: pipeline.ReadTeam, Wants: wantPage, Do: status},
		{On: Button, Name: actionPage, May: pipeline.ReadTeam, Wants: wantPage, Do: turnPage},
		{On: Button, Name: actionOrder, May: pipeline.OrderBacklog, Wants: wantButtonIdea, Do: orderBacklog},

		{On: Button, Name: actionSame, MayFor: mayAddToSame, Wants: wantButtonIdea, Do: addToSame},
		{On: Button, Name: actionIsNew, May: pipeline.ReadTeam, Wants: wantButtonIdea, Do: closeLike},
		{On: Button, Name: actionHistory, May: pipeline.ReadTeam, Wants: wantHistory, Do: showHistory},
		{On: Suggest, Name: actionChoice, May: pipeline.OpenHome, Wants: wantNothing, Do: suggestIdeas},
		{On: Button, Name: actionChoice, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},

		// /validate
		{On: Slash, Name: "/validate", Usage: "[KEY]", Help: "Validate an idea: its checklists, its evidence, and what it lacks", May: pipeline.ReadTeam, Wants: wantValidation, Do: validate},
		{On: Slash, Name: "/validate", Word: "checklists", Fits: fitsNothing, Help: "The checklists of the team: read, change, add", May: pipeline.ReadTeam, Wants: wantTemplates, Do: listTemplates},
		{On: Slash, Name: "/validate", Word: "help", Fits: fitsNothing, Help: "What /validate can do", May: pipeline.OpenHome, Do: help("/validate")},
		{On: Button, Name: actionValidate, May: pipeline.ReadTeam, Wants: wantOverview, Do: showOverview},
		{On: Button, Name: actionDiscovery, May: pipeline.ReadTeam, Wants: wantPage, Do: turnDiscovery},
		{On: Button, Name: actionRunBegin, May: pipeline.AnswerChecklist, Wants: wantOverview, Do: beginRun},
		{On: Button, Name: actionRunOpen, May: pipeline.AnswerChecklist, Wants: wantButtonRun, Do: openRun},
		{On: Button, Name: actionRunStep, May: pipeline.AnswerChecklist, Wants: wantButtonRun, Do: goToStep},
		{On: Submit, Name: formRun, May: pipeline.AnswerChecklist, Wants: wantFormRun, Do: answerStep},
		{On: Close, Name: formRun, May: pipeline.OpenHome, Wants: wantFormDraft, Do: closeStep},
		{On: Button, Name: actionRunUpgrade, May: pipeline.AnswerChecklist, Wants: wantButtonRun, Do: upgradeRun},
		{On: Button, Name: actionRunShow, May: pipeline.ReadTeam, Wants: wantButtonRun, Do: showRun},
		{On: Button, Name: actionTestStart, May: pipeline.AnswerChecklist, Wants: wantButtonRun, Do: startTest},
		{On: Button, Name: actionTestObserve, May: pipeline.AnswerChecklist, Wants: wantButtonRun, Do: openObservation},
		{On: Submit, Name: formObserve, May: pipeline.AnswerChecklist, Wants: wantFormRun, Do: observeTest},
		{On: Close, Name: formObserve, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionTestAmend, May: pipeline.AnswerChecklist, Wants: wantButtonRun, Do: openAmendment},
		{On: Submit, Name: formAmend, May: pipeline.AnswerChecklist, Wants: wantFormRun, Do: amendTest},
		{On: Close, Name: formAmend, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionRunLearn, May: pipeline.AnswerChecklist, Wants: wantButtonRun, Do: openLesson},
		{On: Submit, Name: formLearn, May: pipeline.AnswerChecklist, Wants: wantFormRun, Do: learnLesson},
		{On: Close, Name: formLearn, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionParticipant, May: pipeline.AnswerChecklist, Wants: wantButtonRun, Do: openParticipant},
		{On: Submit, Name: formParticipant, May: pipeline.AnswerChecklist, Wants: wantFormResult, Do: recordParticipant},
		{On: Close, Name: formParticipant, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: MessageShortcut, Name: ShortcutEvidence, Usage: "Add as evidence", Help: "Add this message as evidence to an idea", May: pipeline.AddEvidence, Do: openEvidenceFromMessage},
		{On: Button, Name: actionEvidence, May: pipeline.AddEvidence, Wants: wantEvidenceDraft, Do: openEvidence},
		{On: Submit, Name: formEvidence, May: pipeline.AddEvidence, Wants: wantFormEvidence, Do: addEvidence},
		{On: Close, Name: formEvidence, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionEvidenceList, May: pipeline.ReadTeam, Wants: wantButtonIdea, Do: showEvidence},
		{On: Button, Name: actionWork, May: pipeline.SizeWork, Wants: wantWork, Do: openWork},
		{On: Submit, Name: formWork, May: pipeline.SizeWork, Wants: wantFormWork, Do: sizeWork},
		{On: Close, Name: formWork, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionMove, MayFor: mayMove, Wants: wantMove, Do: moveIdea},
		{On: Submit, Name: formMove, MayFor: mayMove, Wants: wantFormMove, Do: decideMove},
		{On: Close, Name: formMove, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionTemplates, May: pipeline.ReadTeam, Wants: wantTemplates, Do: listTemplates},
		{On: Button, Name: actionTemplate, May: pipeline.ReadTeam, Wants: wantTemplates, Do: showTemplate},
		{On: Button, Name: actionTemplateNew, May: pipeline.ChangeTeam, Wants: wantTemplateForm, Do: openTemplateForm},
		{On: Button, Name: actionTemplateEdit, May: pipeline.ChangeTeam, Wants: wantTemplateForm, Do: openTemplateForm},
		{On: Submit, Name: formTemplate, May: pipeline.ChangeTeam, Wants: wantFormTemplate, Do: saveTemplate},
		{On: Close, Name: formTemplate, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionTemplateDrop, May: pipeline.ChangeTeam, Wants: wantTemplates, Do: dropTemplate},
		{On: Button, Name: actionItem, May: pipeline.ChangeTeam, Wants: wantItemForm, Do: openItemForm},
		{On: Submit, Name: formItem, May: pipeline.ChangeTeam, Wants: wantFormTemplate, Do: saveItem},
		{On: Close, Name: formItem, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionItemMove, May: pipeline.ChangeTeam, Wants: wantTemplates, Do: moveItem},
		{On: Button, Name: actionItemRemove, May: pipeline.ChangeTeam, Wants: wantTemplates, Do: removeItem},
		{On: Button, Name: actionItemKind, May: pipeline.ChangeTeam, Wants: wantFormTemplate, Do: chooseKind},
		{On: Button, Name: actionTemplateReset, May: pipeline.ChangeTeam, Wants: wantFormTemplate, Do: resetTemplateForm},

		// /antibacklog
		{On: Slash, Name: "/antibacklog", Usage: "[due] [day] [asked] [reason]", Help: "Browse what is parked, with the reasons", May: pipeline.ReadTeam, Do: listParked},
		{On: Slash, Name: "/antibacklog", Word: "park", Fits: fitsKey, Usage: "KEY", Help: "Park an idea: why, and when to look at it again", May: pipeline.DecideIdea, Wants: wantTypedPark, Do: openPark},
		{On: Slash, Name: "/antibacklog", Word: "show", Fits: fitsKey, Alone: namesIdea, Usage: "KEY", Help: "Show everything about a parked idea", May: pipeline.ReadTeam, Wants: wantShown, Do: showIdea},
		{On: Slash, Name: "/antibacklog", Word: "reopen", Fits: fitsKey, Usage: "KEY", Help: "Take an idea back to discovery", May: pipeline.DecideIdea, Wants: wantTypedReopening, Do: openReopening},
		{On: Slash, Name: "/antibacklog", Word: "vote", Fits: fitsKey, Usage: "KEY", Help: "Vote on an idea, or start a ballot on it", MayFor: mayVoteOrStart, Wants: wantTypedBallot, Do: voteOrStart},
		{On: Slash, Name: "/antibacklog", Word: "find", Usage: "words", Help: "Search what is parked", May: pipeline.ReadTeam, Do: findParked},
		{On: Slash, Name: "/antibacklog", Word: "help", Fits: fitsNothing, Help: "What /antibacklog can do", May: pipeline.OpenHome, Do: help("/antibacklog")},
		{On: Button, Name: actionParked, May: pipeline.ReadTeam, Wants: wantPage, Do: turnParked},
		{On: Button, Name: actionPark, May: pipeline.DecideIdea, Wants: wantPark, Do: openPark},
		{On: Button, Name: actionParkMore, May: pipeline.DecideIdea, Wants: wantFormPark, Do: showParkMore},
		{On: Submit, Name: formPark, May: pipeline.DecideIdea, Wants: wantFormPark, Do: parkIdea},
		{On: Close, Name: formPark, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionAskAgain, May: pipeline.AskAgain, Wants: wantAsk, Do: openAsk},
		{On: Submit, Name: formAsk, May: pipeline.AskAgain, Wants: wantFormAsk, Do: askAgain},
		{On: Close, Name: formAsk, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionAsked, May: pipeline.ReadTeam, Wants: wantButtonIdea, Do: showAsked},

		{On: Button, Name: actionBallotNew, May: pipeline.StartABallot, Wants: wantBallotForm, Do: openBallotForm},
		{On: Button, Name: actionBallotMore, May: pipeline.StartABallot, Wants: wantFormBallot, Do: showBallotMore},
		{On: Suggest, Name: actionElectorate, May: pipeline.StartABallot, Wants: wantFormBallot, Do: suggestElectorates},
		{On: Button, Name: actionElectorate, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Submit, Name: formBallot, May: pipeline.StartABallot, Wants: wantFormBallot, Do: startBallot},
		{On: Close, Name: formBallot, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionBallot, May: pipeline.ReadTeam, Wants: wantButtonIdea, Do: showBallot},
		{On: Button, Name: actionVote, May: pipeline.CastVote, Direct: true, Do: castVote},
		{On: Button, Name: actionVoteForm, May: pipeline.CastVote, Wants: wantVoteForm, Do: openVoteForm},
		{On: Submit, Name: formVote, May: pipeline.CastVote, Direct: true, Do: submitVote},
		{On: Close, Name: formVote, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionWithdrawVote, May: pipeline.CastVote, Direct: true, Do: withdrawVote},
		{On: Button, Name: actionCloseBallot, MayFor: mayCloseBallot, Wants: wantBallot, Do: closeBallot},
		{On: Button, Name: actionAudit, May: pipeline.AuditVotes, Wants: wantBallot, Do: auditBallot},

		// /outcome
		{On: Slash, Name: "/outcome", Help: "The team's outcomes: where they stand, how confident people are", May: pipeline.ReadTeam, Do: listOutcomes},
		{On: Slash, Name: "/outcome", Word: "add", Usage: "[statement]", Help: "Add an outcome: a change worth having, with a number", MayFor: mayAddOutcome, Wants: wantTypedNew, Do: openNewOutcome},
		{On: Slash, Name: "/outcome", Word: "tree", Alone: namesBelow, Usage: "[O3]", Help: "The tree of outcomes and what hangs under them: opportunities, impacts, ideas", May: pipeline.ReadTeam, Wants: wantTypedTree, Do: listTree},
		{On: Slash, Name: "/outcome", Word: "show", Alone: namesOutcome, Usage: "O3", Help: "Show everything about one outcome", May: pipeline.ReadTeam, Wants: wantTypedOutcome, Do: showOutcome},
		{On: Slash, Name: "/outcome", Word: "checkin", Usage: "O3", Help: "Check in: the number, how confident you are, a line", May: pipeline.CheckInOutcome, Wants: wantTypedOutcome, Do: openCheckIn},
		{On: Slash, Name: "/outcome", Word: "link", Fits: fitsKey, Usage: "KEY", Help: "Say what an idea is for", May: pipeline.LinkOutcome, Wants: wantTypedLink, Do: openLink},
		{On: Slash, Name: "/outcome", Word: "orphans", Fits: fitsNothing, Help: "Ideas without an outcome, each with what it may be for", May: pipeline.ReadTeam, Do: listOrphans},
		{On: Slash, Name: "/outcome", Word: "edit", Usage: "O3", Help: "Edit an outcome", May: pipeline.ChangeOutcome, Wants: wantTypedOutcome, Do: openOutcomeEdit},
		{On: Slash, Name: "/outcome", Word: "close", Usage: "O3", Help: "Close it: reached, missed, dropped, or merged into another", May: pipeline.ChangeOutcome, Wants: wantTypedOutcome, Do: openClose},
		{On: Slash, Name: "/outcome", Word: "reopen", Usage: "O3", Help: "Open a closed outcome again", May: pipeline.ChangeOutcome, Wants: wantTypedOutcome, Do: openReopen},
		{On: Slash, Name: "/outcome", Word: "help", Help: "What /outcome can do", May: pipeline.OpenHome, Do: help("/outcome")},
		{On: Button, Name: actionOutcomes, May: pipeline.ReadTeam, Wants: wantPage, Do: turnOutcomes},
		{On: Button, Name: actionOutcomeShow, May: pipeline.ReadTeam, Wants: wantButtonOutcome(""), Do: showOutcome},
		{On: Button, Name: actionOutcomeIdeas, May: pipeline.ReadTeam, Wants: wantButtonOutcome(""), Do: showOutcomeIdeas},
		{On: Button, Name: actionNodeHistory, May: pipeline.ReadTeam, Wants: wantNodeHistory, Do: showNodeHistory},
		{On: Button, Name: actionOutcomeAdd, May: pipeline.ChangeOutcome, Wants: wantNewOutcome, Do: openNewOutcome},
		{On: Button, Name: actionOutcomeEdit, May: pipeline.ChangeOutcome, Wants: wantButtonOutcome(draftOutcomeEdit), Do: openOutcomeEdit},
		{On: Button, Name: actionOutcomeMore, May: pipeline.ChangeOutcome, Wants: wantFormNewOutcome, Do: showOutcomeMore},
		{On: Suggest, Name: actionOutcomePick, May: pipeline.ChangeOutcome, Wants: wantFormNewOutcome, Do: pickOutcome},
		{On: Button, Name: actionOutcomePick, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Submit, Name: formOutcomeEdit, May: pipeline.ChangeOutcome, Wants: wantFormNewOutcome, Do: saveOutcome},
		{On: Close, Name: formOutcomeEdit, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionOutcomeClose, May: pipeline.ChangeOutcome, Wants: wantButtonOutcome(draftOutcomeClose), Do: openClose},
		{On: Submit, Name: formOutcomeClose, May: pipeline.ChangeOutcome, Wants: wantFormOutcomeOf, Do: closeOutcome},
		{On: Close, Name: formOutcomeClose, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionOutcomeReopen, May: pipeline.ChangeOutcome, Wants: wantButtonOutcome(draftOutcomeReopen), Do: openReopen},
		{On: Submit, Name: formOutcomeReopen, May: pipeline.ChangeOutcome, Wants: wantFormOutcomeOf, Do: reopenOutcome},
		{On: Close, Name: formOutcomeReopen, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionCheckIn, May: pipeline.CheckInOutcome, Wants: wantButtonOutcome(draftCheckIn), Do: openCheckIn},
		{On: Submit, Name: formCheckIn, May: pipeline.CheckInOutcome, Wants: wantFormOutcomeOf, Do: checkIn},
		{On: Close, Name: formCheckIn, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},

		// links
		{On: Button, Name: actionOutcome, May: pipeline.LinkOutcome, Wants: wantLink, Do: openLink},
		{On: Suggest, Name: actionOutcomeChoice, May: pipeline.LinkOutcome, Wants: wantFormLink, Do: findNodes},
		{On: Button, Name: actionOutcomeChoice, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Submit, Name: formOutcome, May: pipeline.LinkOutcome, Wants: wantFormLink, Do: linkIdea},
		{On: Close, Name: formOutcome, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionPrimary, May: pipeline.LinkOutcome, Wants: wantLink, Do: makePrimary},
		{On: Button, Name: actionUnlink, May: pipeline.LinkOutcome, Wants: wantUnlink, Do: openUnlink},
		{On: Submit, Name: formUnlink, May: pipeline.LinkOutcome, Wants: wantFormUnlink, Do: unlinkIdea},
		{On: Close, Name: formUnlink, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Suggest, Name: actionIdeaOutcome, May: pipeline.LinkOutcome, Wants: wantFormTree, Do: findNodesForNew},
		{On: Button, Name: actionIdeaOutcome, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionAccept, May: pipeline.LinkOutcome, Wants: wantSuggestion, Do: acceptSuggestion},
		{On: Button, Name: actionDismiss, May: pipeline.LinkOutcome, Wants: wantSuggestion, Do: dismissSuggestion},
		{On: Button, Name: actionOrphans, May: pipeline.ReadTeam, Wants: wantPage, Do: turnOrphans},
		{On: Button, Name: actionWhy, May: pipeline.ReadTeam, Wants: wantWhy, Do: showWhy},

		// trees
		{On: Button, Name: actionTree, May: pipeline.ReadTeam, Wants: wantTree, Do: showTree},
		{On: Button, Name: actionTreeExport, May: pipeline.ReadTeam, Wants: wantTree, Do: exportTree},
		{On: Button, Name: actionMapped, May: pipeline.ReadTeam, Wants: wantMappedShown, Do: showMapped},
		{On: Button, Name: actionOpportunityNew, May: pipeline.MapOpportunity, Wants: opportunities.wantNew, Do: opportunities.openNew},
		{On: Button, Name: actionOpportunityEdit, May: pipeline.MapOpportunity, Wants: opportunities.wantEdit, Do: opportunities.openEdit},
		{On: Submit, Name: formOpportunity, May: pipeline.MapOpportunity, Wants: wantFormNode, Do: opportunities.save},
		{On: Close, Name: formOpportunity, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionImpactNew, May: pipeline.MapOpportunity, Wants: impacts.wantNew, Do: impacts.openNew},
		{On: Button, Name: actionImpactEdit, May: pipeline.MapOpportunity, Wants: impacts.wantEdit, Do: impacts.openEdit},
		{On: Submit, Name: formImpact, May: pipeline.MapOpportunity, Wants: wantFormNode, Do: impacts.save},
		{On: Close, Name: formImpact, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Suggest, Name: actionNodeChoice, May: pipeline.MapOpportunity, Wants: wantFormNode, Do: suggestNodes},
		{On: Button, Name: actionNodeChoice, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionSupport, May: pipeline.AddEvidence, Wants: wantSupport, Do: openSupport},
		{On: Submit, Name: formSupport, May: pipeline.AddEvidence, Wants: wantFormSupport, Do: support},
		{On: Close, Name: formSupport, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},

		// questions
		{On: Button, Name: actionExpect, May: pipeline.DecideIdea, Wants: wantExpect, Do: openExpect},
		{On: Submit, Name: formExpect, May: pipeline.DecideIdea, Wants: wantFormExpect, Do: expectEffect},
		{On: Close, Name: formExpect, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Submit, Name: formEffect, May: pipeline.DecideIdea, Wants: wantFormMove, Do: answerEffect},
		{On: Close, Name: formEffect, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionRoundNew, May: pipeline.AskRound, Wants: wantRoundForm, Do: askRound},
		{On: Submit, Name: formRound, May: pipeline.AskRound, Wants: wantRoundForm, Do: startRound},
		{On: Close, Name: formRound, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionRound, May: pipeline.AnswerRound, Wants: wantRound, Do: showRound},
		{On: Button, Name: actionRoundAnswer, May: pipeline.AnswerRound, Wants: wantRoundDraft(draftAnswer), Do: openAnswer},
		{On: Submit, Name: formRoundAnswer, May: pipeline.AnswerRound, Direct: true, Do: answerRound},
		{On: Close, Name: formRoundAnswer, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionRoundClose, MayFor: mayCloseRound, Wants: wantRound, Do: closeRound},
		{On: Button, Name: actionRoundTry, May: pipeline.AskRound, Wants: wantRoundDraft(draftTry), Do: openTry},
		{On: Submit, Name: formRoundTry, May: pipeline.AskRound, Wants: wantRound, Do: chooseTry},
		{On: Close, Name: formRoundTry, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},

		// /align
		{On: Slash, Name: "/align", Help: "Menu with everything", May: pipeline.OpenHome, Do: menu},
		{On: Slash, Name: "/align", Word: "setup", Help: "Make this channel a team's, or change its settings", MayFor: mayOpenTeamForm, Do: openTeamForm},
		{On: Slash, Name: "/align", Word: "settings", Help: "The same: the settings of this channel's team", MayFor: mayOpenTeamForm, Do: openTeamForm},
		{On: Slash, Name: "/align", Word: "status", Help: "How the team's ideas stand, and what waits for you", May: pipeline.ReadTeam, Do: status},
		{On: Slash, Name: "/align", Word: "why", Fits: fitsKey, Usage: "KEY", Help: "Why an idea exists: from the business outcome down to the first message", May: pipeline.ReadTeam, Wants: wantTypedWhy, Do: showWhy},
		{On: Slash, Name: "/align", Word: "privacy", Help: "What is kept where, and what leaves", May: pipeline.OpenHome, Do: showPrivacy},
		{On: Slash, Name: "/align", Word: "ask", Fits: fitsNothing, Help: "Ask people a round of questions, with names or without", May: pipeline.AskRound, Wants: wantRoundForm, Do: askRound},
		// sprints
		{On: Slash, Name: "/align", Word: "sprint", Fits: fitsSprint, Usage: "[start] [change] [close] [refine] [list]", Help: "The sprint: its goal and items; start, change or close it, log a refinement", MayFor: mayTypedSprint, Wants: wantTypedSprint, Do: typedSprint},
		{On: Button, Name: actionSprint, May: pipeline.ReadTeam, Wants: wantSprint(""), Do: showSprint},
		{On: Button, Name: actionSprintForm, May: pipeline.PlanSprint, Wants: wantSprint(draftSprint), Do: openSprintForm},
		{On: Submit, Name: formSprint, May: pipeline.PlanSprint, Wants: wantSprint(""), Do: saveSprint},
		{On: Close, Name: formSprint, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Suggest, Name: actionSprintItems, May: pipeline.PlanSprint, Wants: wantSprint(""), Do: suggestItems},
		{On: Button, Name: actionSprintItems, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Suggest, Name: actionSprintOutcome, May: pipeline.PlanSprint, Wants: wantSprint(""), Do: suggestServed},
		{On: Button, Name: actionSprintOutcome, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionSprintClose, May: pipeline.PlanSprint, Wants: wantSprint(draftSprintClose), Do: openSprintClose},
		{On: Submit, Name: formSprintClose, May: pipeline.PlanSprint, Wants: wantSprint(""), Do: closeSprint},
		{On: Close, Name: formSprintClose, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionSprints, May: pipeline.ReadTeam, Wants: wantPage, Do: turnSprints},
		{On: Button, Name: actionRefine, May: pipeline.LogRefinement, Wants: wantRefine, Do: openRefine},
		{On: Submit, Name: formRefine, May: pipeline.LogRefinement, Wants: wantRefine, Do: saveRefine},
		{On: Close, Name: formRefine, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionRefinements, May: pipeline.ReadTeam, Wants: wantPage, Do: turnRefinements},
		// reviews
		{On: Slash, Name: "/align", Word: "review", Fits: fitsReview, Usage: "[number] [list]", Help: "The review of a sprint: what was finished, what it changed, what people say", May: pipeline.AnswerReview, Wants: wantTypedReview, Do: typedReview},
		{On: Button, Name: actionReview, May: pipeline.AnswerReview, Wants: wantReview, Do: showReview},
		{On: Button, Name: actionReviewOpen, May: pipeline.HoldReview, Wants: wantReview, Do: openReview},
		{On: Button, Name: actionReviewTap, May: pipeline.AnswerReview, Wants: wantReview, Do: tapReview},
		{On: Button, Name: actionReviewAnswer, May: pipeline.AnswerReview, Wants: wantReview, Do: openReviewAnswer},
		{On: Submit, Name: formReviewAnswer, May: pipeline.AnswerReview, Wants: wantReview, Do: answerReview},
		{On: Close, Name: formReviewAnswer, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionReviewGoal, May: pipeline.HoldReview, Wants: wantReview, Do: sayGoal},
		{On: Button, Name: actionReviewClose, May: pipeline.HoldReview, Wants: wantReview, Do: closeReview},
		{On: Button, Name: actionReviewList, May: pipeline.AnswerReview, Wants: wantPage, Do: turnReviews},
		{On: Button, Name: actionDevelopers, May: pipeline.ChangeTeam, Wants: wantButtonTeam, Do: openDevelopers},
		{On: Submit, Name: formDevelopers, May: pipeline.ChangeTeam, Wants: wantFormTeam, Do: nameDevelopers},
		// health
		{On: Slash, Name: "/align", Word: "health", Fits: fitsNothing, Help: "Backlog health: how long the work lasts, what stands out, what to do about it", May: pipeline.ReadTeam, Wants: wantHealth, Do: showHealth},
		{On: Button, Name: actionHealth, May: pipeline.ReadTeam, Wants: wantHealth, Do: showHealth},
		{On: Button, Name: actionHealthWhy, May: pipeline.ReadTeam, Wants: wantHealth, Do: whyHealth},
		{On: Button, Name: actionHealthRules, May: pipeline.ReadTeam, Wants: wantHealth, Do: listRules},
		{On: Button, Name: actionHealthPost, May: pipeline.ReadTeam, Wants: wantHealth, Do: postHealth},
		{On: Button, Name: actionHealthMute, May: pipeline.MuteRule, Wants: wantHealth, Do: openMute},
		{On: Submit, Name: formHealthMute, May: pipeline.MuteRule, Wants: wantHealth, Do: muteRule},
		{On: Button, Name: actionHealthUnmute, May: pipeline.MuteRule, Wants: wantHealth, Do: unmuteRule},
		{On: Button, Name: actionHealthLimits, May: pipeline.MuteRule, Wants: wantHealth, Do: openLimits},
		{On: Submit, Name: formHealthLimits, May: pipeline.MuteRule, Wants: wantHealth, Do: setLimits},
		{On: Button, Name: actionHealthConfirm, May: pipeline.ChangeTeam, Wants: wantHealth, Do: confirmReady},
		{On: Button, Name: actionHealthAsk, May: pipeline.AskRound, Wants: wantHealth, Do: openHealthAsk},
		{On: Submit, Name: formHealthAsk, May: pipeline.AskRound, Wants: wantHealth, Do: askHealth},
		{On: Button, Name: actionHealthAsked, May: pipeline.AnswerHealth, Wants: wantHealthAsk, Do: showHealthAsk},
		{On: Button, Name: actionHealthTap, May: pipeline.AnswerHealth, Wants: wantHealthAsk, Do: tapHealth},
		{On: Button, Name: actionHealthAskClose, MayFor: mayCloseRound, Wants: wantHealthAsk, Do: closeHealthAsk},
		// challenges
		{On: Slash, Name: "/align", Word: "challenge", Fits: fitsKey, Usage: "KEY", Help: "Ask of an idea in the Product Backlog: is this the best use of our time?", May: pipeline.ChallengeIdea, Wants: wantTypedChallenge, Do: openChallenge},
		{On: Button, Name: actionChallenge, May: pipeline.ChallengeIdea, Wants: wantChallenge, Do: openChallenge},
		{On: Submit, Name: formChallenge, May: pipeline.ChallengeIdea, Wants: wantFormChallenge, Do: askChallenge},
		{On: Button, Name: actionChallengeBack, May: pipeline.ChallengeIdea, Wants: wantChallenge, Do: takeBackChallenge},
		{On: Button, Name: actionChallengeAnswer, May: pipeline.AnswerChallenge, Wants: wantChallenge, Do: openChallengeAnswer},
		{On: Submit, Name: formChallengeAnswer, May: pipeline.AnswerChallenge, Wants: wantFormChallenge, Do: answerChallenge},
		{On: Close, Name: formChallengeAnswer, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Slash, Name: "/align", Word: "forensic", Fits: fitsNothing, Help: "How could we ruin our Product Backlog? A forensic session over some days", May: pipeline.HoldForensic, Wants: wantForensicForm, Do: openForensic},
		{On: Button, Name: actionForensicNew, May: pipeline.HoldForensic, Wants: wantForensicForm, Do: newForensic},
		{On: Submit, Name: formForensic, May: pipeline.HoldForensic, Wants: wantForensicForm, Do: startForensic},
		{On: Close, Name: formForensic, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionForensic, May: pipeline.AnswerRound, Wants: wantForensic, Do: showForensic},
		{On: Button, Name: actionWays, May: pipeline.AnswerRound, Wants: wantForensicDraft(draftWays), Do: openWays},
		{On: Submit, Name: formWays, May: pipeline.AnswerRound, Wants: wantForensic, Do: keepWays},
		{On: Close, Name: formWays, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionPick, May: pipeline.AnswerRound, Wants: wantForensic, Do: pickGroup},
		{On: Button, Name: actionForensicEnd, May: pipeline.HoldForensic, Wants: wantForensic, Do: endPhase},
		{On: Button, Name: actionForensicStop, May: pipeline.HoldForensic, Wants: wantForensic, Do: stopForensic},
		{On: Button, Name: actionGroup, May: pipeline.HoldForensic, Wants: wantForensic, Do: openGroup},
		{On: Submit, Name: formGroup, May: pipeline.HoldForensic, Wants: wantForensic, Do: saveGroup},
		{On: Button, Name: actionGroupSplit, May: pipeline.HoldForensic, Wants: wantForensic, Do: splitGroup},
		{On: Button, Name: actionFix, May: pipeline.HoldForensic, Wants: wantForensicDraft(draftFix), Do: openFix},
		{On: Submit, Name: formFix, May: pipeline.HoldForensic, Wants: wantForensic, Do: saveFix},
		{On: Close, Name: formFix, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		// sessions
		{On: Slash, Name: "/align", Word: "session", Fits: fitsNothing, Help: "The regular check-in: when it is, what it talks about, what became of the last", May: pipeline.ReadTeam, Wants: wantSessions, Do: showSession},
		{On: Button, Name: actionSession, May: pipeline.ReadTeam, Wants: wantSessions, Do: showSession},
		{On: Button, Name: actionSessionPlan, May: pipeline.HoldSession, Wants: wantSessionForm, Do: openSessionForm},
		{On: Submit, Name: formSession, May: pipeline.HoldSession, Wants: wantSessionForm, Do: planSession},
		{On: Close, Name: formSession, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionSessionSkip, May: pipeline.HoldSession, Wants: wantSession(""), Do: skipSession},
		{On: Button, Name: actionSessionStop, May: pipeline.HoldSession, Wants: wantSession(""), Do: stopSessions},
		{On: Button, Name: actionSessionStart, May: pipeline.HoldSession, Wants: wantSession(""), Do: startSession},
		{On: Button, Name: actionSessionNext, May: pipeline.HoldSession, Wants: wantSession(""), Do: nextPoint},
		{On: Button, Name: actionSessionBack, May: pipeline.HoldSession, Wants: wantSession(""), Do: backPoint},
		{On: Button, Name: actionSessionEnd, May: pipeline.HoldSession, Wants: wantSession(""), Do: endSession},
		{On: Button, Name: actionPointNote, May: pipeline.HoldSession, Wants: wantSession(draftPointNote), Do: openNote},
		{On: Submit, Name: formPointNote, May: pipeline.HoldSession, Wants: wantSession(""), Do: keepNote},
		{On: Close, Name: formPointNote, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionPointNew, May: pipeline.BringPoint, Wants: wantSession(draftPoint), Do: openPoint},
		{On: Submit, Name: formPoint, May: pipeline.BringPoint, Wants: wantSession(""), Do: addPoint},
		{On: Close, Name: formPoint, May: pipeline.OpenHome, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionPointBack, May: pipeline.BringPoint, Wants: wantSession(""), Do: takeBackPoint},
		{On: Button, Name: actionPointSay, May: pipeline.BringPoint, Wants: wantSession(""), Do: openSay},
		{On: Submit, Name: formPointSay, May: pipeline.BringPoint, Wants: wantSession(""), Do: sayToPoint},
		{On: Slash, Name: "/align", Word: "summary", Fits: fitsNothing, Help: "What changed within the last seven days", May: pipeline.ReadTeam, Do: showSummary},
		{On: Button, Name: actionSummary, May: pipeline.ReadTeam, Wants: wantPage, Do: showSummary},
		{On: Button, Name: actionSummaryForm, May: pipeline.ChangeTeam, Wants: wantButtonTeam, Do: openSummaryForm},
		{On: Submit, Name: formSummary, May: pipeline.ChangeTeam, Wants: wantFormTeam, Do: changeSummary},
		// nudges
		{On: Slash, Name: "/align", Word: "nudges", Fits: fitsNudges, Usage: "[on] [off]", Help: "When you are nudged and about what: snooze, kinds, off; and the team", May: pipeline.MuteOwnNudges, Do: tellNudges},
		{On: Button, Name: actionSnooze, May: pipeline.MuteOwnNudges, Wants: wantNothing, Do: snoozeNudges},
		{On: Button, Name: actionNudgesEdit, May: pipeline.MuteOwnNudges, Wants: wantNothing, Do: openNudges},
		{On: Submit, Name: formNudges, May: pipeline.MuteOwnNudges, Wants: wantNothing, Do: saveNudges},
		{On: Button, Name: actionTeamNudges, May: pipeline.ChangeTeam, Wants: wantButtonTeam, Do: openTeamNudges},
		{On: Submit, Name: formTeamNudges, May: pipeline.ChangeTeam, Wants: wantFormTeam, Do: saveTeamNudges},
		{On: Button, Name: actionHolidays, May: pipeline.ChangeTeam, Wants: wantButtonTeam, Do: openHolidays},
		{On: Submit, Name: formHolidays, May: pipeline.ChangeTeam, Wants: wantFormTeam, Do: saveHolidays},
		{On: Slash, Name: "/align", Word: "home", Help: "Your ideas, your teams, what waits for you", May: pipeline.OpenHome, Wants: wantNothing, Do: tellHome},
		{On: Slash, Name: "/align", Word: "help", Help: "What alignbot can do", May: pipeline.OpenHome, Do: help("")},
		{On: Button, Name: actionDo, May: pipeline.OpenHome, Wants: wantNothing, Do: doCommand},
		{On: Button, Name: actionSetUp, MayFor: mayOpenTeamForm, Do: openTeamForm},
		{On: Button, Name: actionTeamEdit, May: pipeline.ChangeTeam, Wants: wantButtonTeam, Do: openTeamForm},
		{On: Button, Name: actionTeamRules, May: pipeline.ChangeTeam, Wants: wantTemplates, Do: openTeamRules},
		{On: Submit, Name: formTeamRules, May: pipeline.ChangeTeam, Wants: wantFormTemplate, Do: changeTeamRules},
		{On: Button, Name: actionTeamVotes, May: pipeline.ChangeTeam, Wants: wantButtonTeam, Do: openTeamVotes},
		{On: Submit, Name: formTeamVotes, May: pipeline.ChangeTeam, Wants: wantFormTeam, Do: changeTeamVotes},
		{On: Suggest, Name: actionTeamZone, May: pipeline.OpenHome, Wants: wantNothing, Do: suggestZones},
		{On: Suggest, Name: actionTeamChoice, May: pipeline.OpenHome, Wants: wantNothing, Do: suggestTeams},
		{On: Submit, Name: formTeam, May: pipeline.CreateTeam, Wants: wantFormChannel, Do: setUpTeam},
		{On: Submit, Name: formTeamEdit, May: pipeline.ChangeTeam, Wants: wantFormTeam, Do: changeTeam},

		// App Home
		{On: HomeOpened, May: pipeline.OpenHome, Wants: wantNothing, Do: openHome},
		{On: Button, Name: actionHomePage, May: pipeline.OpenHome, Wants: wantNothing, Do: openHome},
		{On: Button, Name: actionResend, May: pipeline.OpenHome, Wants: wantNothing, Do: resend},

		// Slack reports these although nothing is to be done.
		{On: Button, Name: actionIgnore, May: pipeline.OpenHome, Wants: wantNothing, Do: ignore},
	}
}

func ignore(context.Context, *App, *Request) (Reply, error) { return Reply{}, nil }
