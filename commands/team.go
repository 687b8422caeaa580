package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"
	"golang.org/x/sync/errgroup"

	"alignbot/pipeline"
	"alignbot/storage"
)

// wantButtonTeam: the team that a button names.
func wantButtonTeam(req *Request) (storage.Want, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return storage.Want{}, err
	}
	team, err := p.team()
	if err == nil && team == "" {
		err = stale
	}
	return storage.Want{Team: team}, err
}

// wantFormChannel: the channel the form was opened in.
func wantFormChannel(req *Request) (storage.Want, error) {
	m, err := req.metadata()
	return storage.Want{Channel: m.Channel}, err
}

// mayOpenTeamForm: the same command changes a team where there is one, and sets
// one up where there is none.
func mayOpenTeamForm(req *Request) pipeline.Action {
	if req.Loaded.Team != nil {
		return pipeline.ChangeTeam
	}
	return pipeline.CreateTeam
}

// openTeamForm opens the form that makes the channel a team's, or that changes
// the settings of the team it is.
func openTeamForm(ctx context.Context, app *App, req *Request) (Reply, error) {
	m := metadata{Channel: req.Channel}
	if team := req.Loaded.Team; team != nil {
		m.Team, m.Version = team.Key, team.Version
		return Reply{Open: teamForm(formTeamEdit, m, *team)}, nil
	}
	if req.Channel == "" || isDirect(req.Channel) {
		return Reply{}, &pipeline.Problem{
			Code: "channel-missing",
			What: "A team lives in a channel, and this is not one.",
			Next: fmt.Sprintf("Type %s in the channel of the team.", app.command("/align setup")),
		}
	}
	name := req.ChannelName
	if p, err := decodeParams(req.Value); err == nil && name == "" {
		name = p.Get("name")
	}
	return Reply{Open: teamForm(formTeam, m, pipeline.DefaultTeam(req.Channel, name, req.Person))}, nil
}

// teamForm draws the form of a team.
func teamForm(callback string, m metadata, t pipeline.Team, notes ...slack.Block) *slack.ModalViewRequest {
	title, submit := "Set up a team", "Set up"
	blocks := notes
	name := slack.NewPlainTextInputBlockElement(plain("Payments"), actionIgnore)
	name.InitialValue, name.MaxLength = t.Name, pipeline.TeamNameLimit
	blocks = append(blocks, slack.NewInputBlock(string(pipeline.FieldName), plain("Name"), nil, name))
	if callback == formTeam {
		key := slack.NewPlainTextInputBlockElement(plain("PAY"), actionIgnore)
		key.InitialValue, key.MaxLength = string(t.Key), 8
		blocks = append(blocks, slack.NewInputBlock(string(pipeline.FieldKey), plain("Key"),
			plain("Two to eight letters or digits, starting with a letter. Ideas are numbered with it, like PAY-12. It cannot be changed later."), key))
	} else {
		title, submit = "Team settings", "Save"
		value := newParams("team", string(t.Key), "in", inSettings)
		blocks = append(blocks, buttons(
			button(actionTeamRules, "Checklists and limits", "of "+t.Name, value),
			button(actionTeamVotes, "Votes and language", "of "+t.Name, value),
			button(actionTeamNudges, "Nudges", "of "+t.Name, value),
			button(actionHolidays, "Holidays", "of "+t.Name, value),
		), note(Mrkdwn(votesInWords(t))))
	}
	owners := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeUser, plain("Choose people"), actionIgnore)
	owners.InitialUsers = t.Owners
	blocks = append(blocks, slack.NewInputBlock(string(pipeline.FieldOwners), plain("Product owners"),
		plain("They decide what becomes of ideas."), owners))

	zone := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain("Europe/Berlin"), actionTeamZone)
	shortest := 1
	zone.MinQueryLength = &shortest
	zone.InitialOption = option(t.Zone, t.Zone)
	blocks = append(blocks, slack.NewInputBlock(string(pipeline.FieldZone), plain("Time zone"), plain("Type a region or its largest city, such as Berlin or New York."), zone))

	var days, chosen []*slack.OptionBlockObject
	for _, day := range pipeline.Week() {
		o := option(strconv.Itoa(int(day)), day.String())
		days = append(days, o)
		if slices.Contains(t.Workdays, day) {
			chosen = append(chosen, o)
		}
	}
	workdays := slack.NewCheckboxGroupsBlockElement(actionIgnore, days...)
	workdays.InitialOptions = chosen
	blocks = append(blocks, slack.NewInputBlock(string(pipeline.FieldWorkdays), plain("Workdays"), nil, workdays))

	var weeks []*slack.OptionBlockObject
	for n := 1; n <= pipeline.SprintWeeksMax; n++ {
		weeks = append(weeks, option(strconv.Itoa(n), counted(n, "week", "weeks")))
	}
	sprint := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("Weeks"), actionIgnore, weeks...)
	sprint.InitialOption = weeks[min(max(t.SprintWeeks, 1), len(weeks))-1]
	blocks = append(blocks, slack.NewInputBlock(string(pipeline.FieldSprint), plain("Length of a sprint"), nil, sprint))
	return form(callback, title, submit, m, blocks...)
}

// formTeamValues reads the team form over what was there before.
func formTeamValues(f *Form, t pipeline.Team) pipeline.Team {
	if key, ok := f.block(pipeline.FieldKey); ok {
		t.Key = pipeline.TeamKey(f.Values[key].Text)
	}
	t.Name = f.Value(pipeline.FieldName).Text
	t.Owners = f.Value(pipeline.FieldOwners).Chosen
	t.Zone = f.Value(pipeline.FieldZone).Text
	t.Workdays = nil
	for _, day := range f.Value(pipeline.FieldWorkdays).Chosen {
		if n, err := strconv.Atoi(day); err == nil {
			t.Workdays = append(t.Workdays, time.Weekday(n))
		}
	}
	t.SprintWeeks, _ = strconv.Atoi(f.Value(pipeline.FieldSprint).Text)
	return t
}

// setUpTeam stores a new team and greets its channel.
func setUpTeam(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	if !req.Loaded.InChannel {
		return Reply{}, &pipeline.Problem{
			Code: "channel-unproved",
			What: "It is a while since you opened this form, and I no longer know that you are in that channel.",
			Safe: "Nothing was changed.",
			Next: "Type /align setup in the channel again.",
		}
	}
	begun := pipeline.DefaultTeam(m.Channel, "", req.Person) // with what the form does not ask
	begun.Private, begun.Created, begun.CreatedBy = req.Loaded.ChannelPrivate, req.Now, req.Person.ID
	team, err := pipeline.CheckTeam(formTeamValues(req.Form, begun))
	if err != nil {
		return Reply{}, err
	}
	if err := app.checkOwners(ctx, team.Owners); err != nil {
		return Reply{}, err
	}
	hello := storage.Outgoing{ID: "hello:" + string(team.Key), Kind: drawHello, Subject: string(team.Key), Channel: team.Channel}
	team, err = app.Store.SetUpTeam(ctx, req.Op, team, hello)
	if err != nil {
		return Reply{}, teamTaken(err)
	}
	words := "*" + escape(team.Name) + "* (" + Mrkdwn(team.Key) + ") is set up. If I am not in <#" + Mrkdwn(team.Channel) + "> yet, type `/invite @" + Mrkdwn(app.Slack.BotName) + "` there, and cards appear in it."
	return tell(words, buttons(
		primary(button(actionNew, "Capture an idea", "for "+team.Name, newParams("team", string(team.Key)))),
		button(actionTeamEdit, "Settings", "of "+team.Name, newParams("team", string(team.Key))),
	)), nil
}

// teamTaken words what SetUpTeam refuses.
func teamTaken(err error) error {
	var taken *storage.TakenError
	if !errors.As(err, &taken) {
		return err
	}
	if taken.Field == pipeline.FieldKey {
		return &pipeline.Problem{
			Code: "team-key-taken", What: "That key is taken.", Cause: err,
			Fields: map[pipeline.Field]string{pipeline.FieldKey: fmt.Sprintf("%s is taken by another team. Choose another key.", taken.Team.Key)},
		}
	}
	return &pipeline.Problem{
		Code: "team-channel-taken", Cause: err,
		What: fmt.Sprintf("Somebody has just set up this channel for %s (%s).", taken.Team.Name, taken.Team.Key),
		Safe: "Nothing of theirs was changed.",
		Next: "Close this form; type /align setup again to see its settings.",
	}
}

// changeTeam stores changed settings of a team.
func changeTeam(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	before := *req.Loaded.Team
	team, err := pipeline.CheckTeam(formTeamValues(req.Form, before))
	if err != nil {
		return Reply{}, err
	}
	if err := app.checkOwners(ctx, newOwners(before, team)); err != nil {
		return Reply{}, err
	}
	team.Version = m.Version
	var conflict *storage.TeamConflictError
	if _, err = app.storeSettings(ctx, req, team); errors.As(err, &conflict) {
		m.Version = conflict.Current.Version
		return Reply{Update: teamForm(formTeamEdit, m, team,
			say("*Somebody changed these settings while you had them open.* Yours are still below. Save again to put them in place of theirs."))}, nil
	}
	if err != nil {
		return Reply{}, err
	}
	return tell("The settings of *" + escape(team.Name) + "* are saved."), nil
}

// storeSettings stores what was typed into a form of a team read at
// team.Version.
func (app *App) storeSettings(ctx context.Context, req *Request, team pipeline.Team) (pipeline.Team, error) {
	stored, err := app.Store.ChangeTeam(ctx, req.Op, team)
	if err == nil && !sameSettings(stored, team) {
		// An earlier try was stored although its answer got lost, and the form
		// was submitted again with other settings.
		team.Version = stored.Version
		stored, err = app.Store.ChangeTeam(ctx, "again:"+settingsDigest(team)+":"+req.Op, team)
	}
	return stored, err
}

// sameSettings compares what the forms of a team show.
func sameSettings(a, b pipeline.Team) bool { return settingsDigest(a) == settingsDigest(b) }

func settingsDigest(t pipeline.Team) string {
	return digest(t.Name, t.Owners, t.Zone, t.Workdays, t.SprintWeeks,
		t.Required, t.RequiredForBacklog, t.SoftLimit, t.HardLimit, t.Velocity, t.VelocityIdeas,
		t.MembersStartBallots, t.BallotDays, t.Language, t.Synonyms)
}

func newOwners(before, after pipeline.Team) []string {
	var added []string
	for _, owner := range after.Owners {
		if !before.OwnedBy(owner) {
			added = append(added, owner)
		}
	}
	return added
}

// checkOwners refuses owners who could not decide anything.
func (app *App) checkOwners(ctx context.Context, owners []string) error {
	people := make([]pipeline.Person, len(owners))
	lookups, ctx := errgroup.WithContext(ctx)
	for i, owner := range owners {
		lookups.Go(func() (err error) {
			people[i], err = app.Lookup(ctx, owner)
			return err
		})
	}
	if err := lookups.Wait(); err != nil {
		return fmt.Errorf("look up product owners: %w", err)
	}
	for _, p := range people {
		if role := pipeline.RolesOf(p, nil)[0]; role != pipeline.RoleMember {
			return &pipeline.Problem{
				Code: "owner-unfit", What: "Not everybody can be a product owner.",
				Fields: map[pipeline.Field]string{pipeline.FieldOwners: fmt.Sprintf("%s is a %s here. Product owners are full members of this workspace.", p.Name, role)},
			}
		}
	}
	return nil
}

// suggestZones answers the time zone menu while somebody types.
func suggestZones(_ context.Context, _ *App, req *Request) (Reply, error) {
	var options []*slack.OptionBlockObject
	for _, zone := range pipeline.FindZones(typed(req.Words), menuLimit) {
		options = append(options, option(zone, zone))
	}
	return Reply{Options: options}, nil
}

// teamHello greets the channel of a new team.
func teamHello(app *App, team pipeline.Team) Post {
	words := "This channel is now the home of *" + escape(team.Name) + "*. Ideas captured here are numbered " + Mrkdwn(team.Key) + "-1, " + Mrkdwn(team.Key) + "-2 and so on, and their cards appear here."
	how := "Type `" + Mrkdwn(app.command("/idea")) + "` to capture one, or use *Capture as idea* in the menu of any message. `" + Mrkdwn(app.command("/align")) + "` shows everything else."
	return Post{
		Text: fallback(team.Name) + " is set up here. Type " + Mrkdwn(app.command("/idea")) + " to capture an idea.",
		Blocks: []slack.Block{say(words), say(how),
			buttons(primary(button(actionNew, "Capture an idea", "for "+team.Name, newParams("team", string(team.Key)))))},
	}
}

// channelTrouble tells a product owner why nothing arrives in a channel.
func channelTrouble(app *App, args map[string]string) Post {
	channel := Mrkdwn("<#" + args["channel"] + ">")
	var words Mrkdwn
	switch args["code"] {
	case "is_archived":
		words = channel + " is archived, so I post nothing there. Nothing is lost: once it is unarchived, what waits appears within about ten minutes."
	case "not_in_channel":
		words = "I am not in " + channel + ", so nothing can appear there. Nothing is lost: type `/invite @" + Mrkdwn(app.Slack.BotName) + "` in the channel, and what waits appears within about ten minutes."
	case "channel_not_found":
		words = "I cannot find " + channel + ": either I am not in it, and it is private, or it was deleted. Nothing is lost: if it is there, type `/invite @" + Mrkdwn(app.Slack.BotName) + "` in it, and what waits appears within about ten minutes."
	default:
		words = "I can no longer post in " + channel + " (Slack says `" + escape(args["code"]) + "`). The ideas are kept, and `" + Mrkdwn(app.command("/idea")) + "` goes on working. If the channel was deleted or closed to me, ask a workspace admin to bring it back."
	}
	return Post{Text: words, Blocks: []slack.Block{say(words)}}
}
