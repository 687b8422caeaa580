package commands

import (
	"context"
	"errors"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What product owners and admins set for the rules of backlog health: which are
// silent, until when and why, and from where on each speaks.

// healthForm is what a form about a rule carries.
func (req *Request) healthForm(rule pipeline.HealthRule, p params) metadata {
	m := req.formOver(p, "")
	m.Team, m.Rule = req.Loaded.Team.Key, rule.ID
	return m
}

// setsHealth is what the buttons and forms about a rule need: the rule, and what the
// team has set.
func (req *Request) setsHealth() (p params, rule pipeline.HealthRule, rules pipeline.HealthRules, err error) {
	if req.On == Submit {
		m, err := req.metadata()
		if err != nil {
			return p, rule, rules, err
		}
		p = newParams("rule", string(m.Rule))
	} else if p, err = decodeParams(req.Value); err != nil {
		return p, rule, rules, err
	}
	if rule, err = p.rule(); err != nil {
		return p, rule, rules, err
	}
	if req.Loaded.Team == nil {
		return p, rule, rules, stale
	}
	rules, err = req.Loaded.HealthRules()
	return p, rule, rules, err
}

// keepRules applies a rule to what the team has set, again where somebody else changed
// it meanwhile, and stores it, once for each op. muting is the rule that is muted or
// speaks again, if that is what changes: what the person did to it later stands, then
// the error is storage.ErrOvertaken.
func (app *App) keepRules(ctx context.Context, req *Request, op string, rules pipeline.HealthRules, muting pipeline.RuleID, change func(pipeline.HealthRules) (pipeline.HealthRules, error)) (pipeline.HealthRules, error) {
	var acted storage.Acted
	if muting != "" {
		acted = req.acted()
	}
	for range busyTries {
		after, err := change(rules)
		if err != nil {
			return rules, err
		}
		stored, err := app.Store.ChangeHealthRules(ctx, op, after, req.Person.ID, acted, muting)
		var conflict *storage.SheetConflictError[pipeline.HealthRules]
		if !errors.As(err, &conflict) {
			return stored, err
		}
		rules = conflict.Current.Sheet
		rules.Team = req.Loaded.Team.Key
	}
	return rules, &pipeline.Problem{
		Code: "health-rules-busy",
		What: "Several people are changing the rules at this moment.",
		Safe: "Nothing of theirs was overwritten.",
		Next: "Please try again.",
	}
}

// openMute opens the form that mutes a rule.
func openMute(_ context.Context, _ *App, req *Request) (Reply, error) {
	p, rule, rules, err := req.setsHealth()
	if err != nil {
		return Reply{}, err
	}
	typed := map[pipeline.Field]string{pipeline.FieldUntil: pipeline.DefaultMute(*req.Loaded.Team, req.Now)}
	if mute, muted := rules.Muted[rule.ID]; muted && rules.IsMuted(rule.ID, req.teamDay()) {
		typed[pipeline.FieldUntil], typed[pipeline.FieldWhy] = mute.Until, mute.Why
	}
	return Reply{Open: muteForm(req.healthForm(rule, p), rule, typed)}, nil
}

// teamDay is today by the clocks of the team that is loaded.
func (req *Request) teamDay() string {
	return req.Now.In(req.Loaded.Team.Location()).Format(time.DateOnly)
}

// muteForm draws it.
func muteForm(m metadata, rule pipeline.HealthRule, typed map[pipeline.Field]string) *slack.ModalViewRequest {
	return form(formHealthMute, "Mute a finding", "Mute", m,
		rich(line(bold(rule.Name), text(" is not told any more, neither here nor in nudges, until that day. What is measured goes on, and everybody can see under “All rules” who muted it and why."))),
		undrafted(textInput(pipeline.FieldWhy, m.Fresh, "Why, in a line", "", "", typed[pipeline.FieldWhy], pipeline.ReasonLimit, false)),
		undrafted(dateInput(pipeline.FieldUntil, m.Fresh, "It speaks again on", "At most a year from today. What is right for longer is a matter of the threshold.", typed[pipeline.FieldUntil])),
	)
}

// undrafted is an input of a form that keeps no draft.
func undrafted(input *slack.InputBlock) *slack.InputBlock {
	input.DispatchAction = false
	return input
}

// muteRule stores what was typed into it.
func muteRule(ctx context.Context, app *App, req *Request) (Reply, error) {
	_, rule, rules, err := req.setsHealth()
	if err != nil {
		return Reply{}, err
	}
	why, until := req.Form.Value(pipeline.FieldWhy).Text, req.Form.Value(pipeline.FieldUntil).Text
	stored, err := app.keepRules(ctx, req, req.tryOf(why, until), rules, rule.ID, func(rules pipeline.HealthRules) (pipeline.HealthRules, error) {
		return pipeline.MuteHealth(app.Policy, req.Person, req.where(), rules, rule.ID, why, until, req.Now)
	})
	if err != nil {
		return Reply{}, err
	}
	words := Mrkdwn("*"+rule.Name+"* is muted until "+pipeline.ShowDay(stored.Muted[rule.ID].Until)) + "."
	return app.healthChanged(ctx, req, words)
}

// unmuteRule lets a rule speak again.
func unmuteRule(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, rule, rules, err := req.setsHealth()
	if err != nil {
		return Reply{}, err
	}
	_, err = app.keepRules(ctx, req, req.Op, rules, rule.ID, func(rules pipeline.HealthRules) (pipeline.HealthRules, error) {
		return pipeline.UnmuteHealth(app.Policy, req.Person, req.where(), rules, rule.ID)
	})
	if errors.Is(err, storage.ErrOvertaken) {
		return app.answer(ctx, req, p, tell(laterStands+Mrkdwn("*"+rule.Name+"* stays muted."))), nil
	}
	if err != nil {
		return Reply{}, err
	}
	return app.answer(ctx, req, p, tell(Mrkdwn("*"+rule.Name+"* speaks again."))), nil
}

// healthChanged answers a form whose words are stored.
func (app *App) healthChanged(ctx context.Context, req *Request, words Mrkdwn) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	value := newParams("team", string(m.Team))
	return app.finish(ctx, req, m, tell(words, buttons(button(actionHealth, "Show the report", "of backlog health", value), button(actionHealthRules, "All rules", "of backlog health", value)))), nil
}

// openLimits opens the form that sets the limits of a rule.
func openLimits(_ context.Context, _ *App, req *Request) (Reply, error) {
	p, rule, rules, err := req.setsHealth()
	if err != nil {
		return Reply{}, err
	}
	if len(rule.Limits) == 0 {
		return Reply{}, stale
	}
	return Reply{Open: limitsForm(req.healthForm(rule, p), rule, rules)}, nil
}

// limitsForm draws it.
func limitsForm(m metadata, rule pipeline.HealthRule, rules pipeline.HealthRules) *slack.ModalViewRequest {
	typed := rules.TypedLimits(rule)
	blocks := []slack.Block{rich(line(bold(rule.Name), text("\n"+rules.Threshold(rule)+" "+rule.Why)))}
	for _, limit := range rule.Limits {
		field := pipeline.LimitField(rule.ID, limit.ID)
		hint := "From " + pipeline.ShowNumber(limit.Min, "") + " to " + pipeline.ShowNumber(limit.Max, "") + ". Empty for " + pipeline.ShowNumber(limit.Default, "") + ", as every team starts."
		blocks = append(blocks, optional(undrafted(textInput(field, m.Fresh, limit.Words, hint, "", typed[field], numberRoom, false))))
	}
	return form(formHealthLimits, "Change the threshold", "Save", m, blocks...)
}

// setLimits stores what was typed into it.
func setLimits(ctx context.Context, app *App, req *Request) (Reply, error) {
	_, rule, rules, err := req.setsHealth()
	if err != nil {
		return Reply{}, err
	}
	typed := req.Form.typed()
	stored, err := app.keepRules(ctx, req, req.tryOf(typedDigest(typed)), rules, "", func(rules pipeline.HealthRules) (pipeline.HealthRules, error) {
		return pipeline.SetLimits(app.Policy, req.Person, req.where(), rules, rule.ID, typed)
	})
	if err != nil {
		return Reply{}, err
	}
	return app.healthChanged(ctx, req, Mrkdwn("*"+rule.Name+"*: ")+escape(stored.Threshold(rule)))
}

// confirmReady notes that somebody looked at the Definition of Ready and finds it
// right.
func confirmReady(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	rules, err := req.Loaded.HealthRules()
	if err != nil {
		return Reply{}, err
	}
	_, err = app.keepRules(ctx, req, req.Op, rules, "", func(rules pipeline.HealthRules) (pipeline.HealthRules, error) {
		return pipeline.ConfirmReady(app.Policy, req.Person, req.where(), rules, req.Now)
	})
	if err != nil {
		return Reply{}, err
	}
	return app.answer(ctx, req, p, tell("The Definition of Ready is confirmed as it stands.")), nil
}
