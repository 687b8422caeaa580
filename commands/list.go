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
	// Usage after the word, and Help: one line each, shown by help and in
	// Slack's own completion.
	Usage, Help string
	// May is checked before the handler runs, against the team loaded.
	May pipeline.Action
	// Wants says what to load in the one round trip to read. nil: the team of
	// the channel.
	Wants func(req *Request) (storage.Want, error)
	Do    Handler
}

// Names of actions, forms and shortcuts. They stand in messages that live as
// long as the workspace: a name is never given another meaning.
const (
	actionDo         = "do"               // a button that runs a command
	actionDraft      = "idea.draft"       // an input of the idea form was typed into
	actionAfresh     = "idea.afresh"      // start the form empty
	actionEditAfresh = "idea.edit_afresh" // put back what the idea says
	actionDiscard    = "idea.discard"     // throw a draft away
	actionNew        = "idea.new"         // open the form
	actionShow       = "idea.show"        // everything about one idea
	actionEdit       = "idea.edit"        // open the form of an idea
	actionWithdraw   = "idea.withdraw"    // take an idea back
	actionBringBack  = "idea.bring_back"  // undo that
	actionPage       = "idea.page"        // another page of a list
	actionStatus     = "team.status"      // of the team chosen
	actionLongText   = "idea.long_text"   // text that did not fit
	actionResend     = "outbox.resend"    // a message that may not have arrived
	actionSetUp      = "team.set_up"      // open the team form
	actionTeamEdit   = "team.edit"        // open it for a team
	actionTeamZone   = "team.zone"        // its time zone menu
	actionTeamChoice = "team.choice"      // a menu of teams too many to list
	actionHomePage   = "home.page"        // another page of my ideas in Home
	actionIgnore     = "ignore"           // links, and inputs that report nothing
	formIdea         = "idea.form"        // capture
	formIdeaEdit     = "idea.edit_form"   // edit
	formTeam         = "team.form"        // set up
	formTeamEdit     = "team.edit_form"   // change
	ShortcutCapture  = "capture_idea"     // global shortcut
	ShortcutFromText = "capture_message"  // message shortcut
)

// List is everything a person can do, in the order help shows it.
func List() []Entry {
	return []Entry{
		// /idea
		{On: Slash, Name: "/idea", Usage: "[title]", Help: "Capture an idea: opens the form", May: pipeline.SubmitIdea, Wants: wantDraft, Do: openIdeaForm},
		{On: Slash, Name: "/idea", Word: "add", Usage: "text", Help: "Capture an idea at once, without the form", May: pipeline.SubmitIdea, Do: addIdea},
		{On: Slash, Name: "/idea", Word: "list", Fits: fitsList, Usage: "[stage] [mine] [orphans] [withdrawn]", Help: "Browse ideas, ten at a time", May: pipeline.ReadTeam, Do: listIdeas},
		{On: Slash, Name: "/idea", Word: "show", Fits: fitsKey, Usage: "KEY", Help: "Show everything about one idea", May: pipeline.ReadTeam, Wants: wantTypedIdea, Do: showIdea},
		{On: Slash, Name: "/idea", Word: "find", Usage: "words", Help: "Search all ideas", May: pipeline.ReadTeam, Do: findIdeas},
		{On: Slash, Name: "/idea", Word: "edit", Fits: fitsKey, Usage: "KEY", Help: "Edit an idea", May: pipeline.ChangeOwnIdea, Wants: wantTypedIdea, Do: openEditForm},
		{On: Slash, Name: "/idea", Word: "withdraw", Fits: fitsKey, Usage: "KEY", Help: "Take an idea back; it can be brought back", May: pipeline.ChangeOwnIdea, Wants: wantTypedIdea, Do: withdrawIdea},
		{On: Slash, Name: "/idea", Word: "help", Help: "What /idea can do", May: pipeline.OpenHome, Do: help("/idea")},
		{On: GlobalShortcut, Name: ShortcutCapture, Usage: "Capture an idea", Help: "Write down an idea for your team", May: pipeline.SubmitIdea, Wants: wantDraft, Do: openIdeaForm},
		{On: MessageShortcut, Name: ShortcutFromText, Usage: "Capture as idea", Help: "Make an idea of this message", May: pipeline.SubmitIdea, Wants: wantDraft, Do: openFormFromMessage},
		{On: Reaction, May: pipeline.SubmitIdea, Do: offerFromReaction},
		{On: Button, Name: actionNew, May: pipeline.SubmitIdea, Wants: wantNewForm, Do: openFormFromButton},
		{On: Button, Name: actionDraft, May: pipeline.SubmitIdea, Wants: wantFormDraft, Do: saveDraft},
		{On: Button, Name: actionAfresh, May: pipeline.SubmitIdea, Wants: wantFormAfresh, Do: startAfresh},
		{On: Button, Name: actionEditAfresh, May: pipeline.ChangeOwnIdea, Wants: wantFormIdea, Do: startEditAfresh},
		{On: Button, Name: actionDiscard, May: pipeline.OpenHome, Wants: wantNothing, Do: discardDraft},
		{On: Button, Name: actionLongText, May: pipeline.OpenHome, Wants: wantLongText, Do: showLongText},
		{On: Close, Name: formIdea, May: pipeline.SubmitIdea, Wants: wantFormDraft, Do: saveDraft},
		{On: Submit, Name: formIdea, May: pipeline.SubmitIdea, Wants: wantFormTeam, Do: captureIdea},
		{On: Button, Name: actionShow, May: pipeline.ReadTeam, Wants: wantButtonIdea, Do: showIdea},
		{On: Button, Name: actionEdit, May: pipeline.ChangeOwnIdea, Wants: wantButtonIdea, Do: openEditForm},
		{On: Close, Name: formIdeaEdit, May: pipeline.SubmitIdea, Wants: wantFormDraft, Do: saveDraft},
		{On: Submit, Name: formIdeaEdit, May: pipeline.ChangeOwnIdea, Wants: wantFormIdea, Do: editIdea},
		{On: Button, Name: actionWithdraw, May: pipeline.ChangeOwnIdea, Wants: wantButtonIdea, Do: withdrawIdea},
		{On: Button, Name: actionBringBack, May: pipeline.ChangeOwnIdea, Wants: wantButtonIdea, Do: bringBackIdea},
		{On: Button, Name: actionStatus, May: pipeline.ReadTeam, Wants: wantPage, Do: status},
		{On: Button, Name: actionPage, May: pipeline.ReadTeam, Wants: wantPage, Do: turnPage},

		// /align
		{On: Slash, Name: "/align", Help: "Menu with everything", May: pipeline.OpenHome, Do: menu},
		{On: Slash, Name: "/align", Word: "setup", Help: "Make this channel a team's, or change its settings", May: pipeline.OpenHome, Do: openTeamForm},
		{On: Slash, Name: "/align", Word: "settings", Help: "The same: the settings of this channel's team", May: pipeline.OpenHome, Do: openTeamForm},
		{On: Slash, Name: "/align", Word: "status", Help: "How many ideas are at which stage", May: pipeline.ReadTeam, Do: status},
		{On: Slash, Name: "/align", Word: "home", Help: "Your ideas, your teams, what waits for you", May: pipeline.OpenHome, Wants: wantNothing, Do: tellHome},
		{On: Slash, Name: "/align", Word: "help", Help: "What alignbot can do", May: pipeline.OpenHome, Do: help("")},
		{On: Button, Name: actionDo, May: pipeline.OpenHome, Wants: wantNothing, Do: doCommand},
		{On: Button, Name: actionSetUp, May: pipeline.OpenHome, Do: openTeamForm},
		{On: Button, Name: actionTeamEdit, May: pipeline.ChangeTeam, Wants: wantButtonTeam, Do: openTeamForm},
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
