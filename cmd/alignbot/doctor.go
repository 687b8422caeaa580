package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/spf13/cobra"

	"alignbot/pipeline"
	"alignbot/storage"
)

func (p *program) doctorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check live that Slack and Redis are as the bot needs them",
		Long: "Doctor connects to Slack and Redis with the settings of run, and to the language model where one is set, and tells what is right,\n" +
			"doubtful or broken, with the fix.\n" +
			"It changes nothing: it posts nothing, it asks the model one question that is made up, and what it writes to Redis is one key that it removes again. For a moment it opens one more\n" +
			"connection to Slack; what a person does in that moment may have to be done again.\n" +
			"With --live-checks it looks at nothing, and prints what a person looks at once on a real workspace.\n" +
			"Exit code 0: nothing is broken; 1: something is; 78: the settings are wrong.",
		Args: noArguments,
	}
	from := p.settingsFlags(cmd)
	asJSON := cmd.Flags().Bool("json", false, "answer in JSON: {\"ok\": false, \"findings\": [{level, subject, found, fix}]}")
	byHand := cmd.Flags().Bool("live-checks", false, "print what to check by hand once on a real workspace, with steps")
	cmd.MarkFlagsMutuallyExclusive("json", "live-checks")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if *byHand {
			return tellLiveChecks(p.stdout)
		}
		settings, err := from().load(everything...)
		if err != nil {
			if *asJSON {
				err = errors.Join(err, tellJSON(p.stdout, aboutSettings(err)))
			}
			return err
		}
		findings := examine(cmd.Context(), settings)
		if err := tell(p.stdout, findings, *asJSON); err != nil {
			return fmt.Errorf("write the findings: %w", err)
		}
		if broken(findings) {
			return errTold
		}
		return nil
	}
	return cmd
}

// Finding is one thing that doctor looked at.
type Finding struct {
	Level   Level  `json:"level"`
	Subject string `json:"subject"`
	Found   string `json:"found"`
	// Fix is what to do about it; "" when it is right.
	Fix string `json:"fix,omitempty"`
}

// Level says how a finding is.
type Level string

// The levels. Only Fail changes the exit code. Skip is for what could not be
// looked at, because something before it is broken.
const (
	OK   Level = "ok"
	Warn Level = "warn"
	Fail Level = "fail"
	Skip Level = "skip"
)

func broken(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Level == Fail })
}

// aboutSettings gives what is wrong with settings as findings.
func aboutSettings(err error) []Finding {
	var wrong *SettingsError
	if !errors.As(err, &wrong) {
		return []Finding{{Fail, "settings", err.Error(), "Correct them; alignbot config check looks at nothing else."}}
	}
	var findings []Finding
	for _, p := range wrong.Problems {
		f := Finding{Fail, p.Key, p.Reason, p.Fix}
		switch {
		case p.Key == "":
			f.Subject = p.Where
		case p.Where != "":
			f.Found = p.Where + ": " + p.Reason
		}
		findings = append(findings, f)
	}
	return findings
}

func tell(w io.Writer, findings []Finding, asJSON bool) error {
	if asJSON {
		return tellJSON(w, findings)
	}
	for _, f := range findings {
		if _, err := fmt.Fprintf(w, "%-6s %s: %s\n", "["+string(f.Level)+"]", f.Subject, f.Found); err != nil {
			return err
		}
		if f.Fix != "" {
			if _, err := fmt.Fprintf(w, "       → %s\n", f.Fix); err != nil {
				return err
			}
		}
	}
	_, err := fmt.Fprintf(w, "\n%s\n", verdict(findings))
	return err
}

func tellJSON(w io.Writer, findings []Finding) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(struct {
		OK       bool      `json:"ok"`
		Findings []Finding `json:"findings"`
	}{!broken(findings), findings})
}

// verdict sums the findings up in one line.
func verdict(findings []Finding) string {
	of := map[Level]int{}
	for _, f := range findings {
		of[f.Level]++
	}
	line := "Nothing is broken"
	if of[Fail] > 0 {
		line = count(of[Fail], "thing") + " " + isOrAre(of[Fail]) + " broken"
	}
	if n := of[Warn]; n > 0 {
		line += fmt.Sprintf(", %d %s doubtful", n, isOrAre(n))
	}
	if n := of[Skip]; n > 0 {
		line += fmt.Sprintf("; %s could not be made", count(n, "check"))
	}
	return line + "."
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

const (
	// doctorPatience is the longest wait for one answer of Slack or Redis.
	doctorPatience = 10 * time.Second
	// clockTolerance is how far two clocks may differ. Redis' clock decides
	// what is due, this one's is shown; Slack's Date header counts seconds.
	clockTolerance = 5 * time.Second
)

// examine looks at everything, Slack first. What cannot be looked at because
// something before it is broken is named as skipped.
func examine(ctx context.Context, s Settings) []Finding {
	d := &doctor{settings: s, http: &http.Client{Timeout: doctorPatience}}
	d.slack(ctx)
	d.redis(ctx)
	d.model(ctx)
	d.zones()
	for i := range d.findings {
		d.findings[i].Found = string(redact([]byte(d.findings[i].Found)))
	}
	return d.findings
}

type doctor struct {
	settings Settings
	http     *http.Client
	findings []Finding
}

func (d *doctor) find(level Level, subject, found, fix string) {
	d.findings = append(d.findings, Finding{level, subject, found, fix})
}

func (d *doctor) skip(reason string, subjects ...string) {
	for _, subject := range subjects {
		d.find(Skip, subject, "not looked at, because "+reason, "")
	}
}

func (d *doctor) slack(ctx context.Context) {
	client := slack.New(d.settings.Slack.BotToken.Reveal(),
		slack.OptionAppLevelToken(d.settings.Slack.AppToken.Reveal()),
		slack.OptionAPIURL(d.settings.Slack.api()),
		slack.OptionHTTPClient(d.http))
	asked := time.Now()
	who, err := client.AuthTestContext(ctx)
	took := time.Since(asked)
	var unanswered *url.Error
	if errors.As(err, &unanswered) {
		d.find(Fail, "Slack", d.slackSays(err), slackFix(err, "", ""))
		d.skip("Slack cannot be reached", "bot token", "scopes", "Slack clock", "app token", "socket")
		return
	}
	if err != nil {
		d.find(Fail, "bot token", d.slackSays(err), slackFix(err, "slack.bot_token", tokenOrigin["xoxb-"]))
		d.skip("the bot token is refused", "scopes", "Slack clock")
	} else {
		d.find(OK, "bot token", fmt.Sprintf("is %s in the workspace %s (%s)", who.User, who.Team, who.TeamID), "")
		d.scopes(who.Header)
		if date, err := http.ParseTime(who.Header.Get("Date")); err != nil {
			d.find(Warn, "Slack clock", "Slack's answer carries no date to compare with", "Check that this machine keeps its time with NTP.")
		} else {
			// The header is cut to the second, the answer was somewhere under way.
			d.clock("Slack", date.Add(500*time.Millisecond), asked.Add(took/2))
		}
	}
	d.socket(ctx, client)
}

// slackSays tells a refusal of Slack from a Slack that did not answer.
func (d *doctor) slackSays(err error) string {
	var unanswered *url.Error
	if errors.As(err, &unanswered) {
		return fmt.Sprintf("cannot be reached at %s (%s)", d.settings.Slack.api(), because(err))
	}
	return "Slack answers " + err.Error()
}

func (d *doctor) clock(of string, theirs, ours time.Time) {
	subject := of + " clock"
	off := ours.Sub(theirs).Round(100 * time.Millisecond)
	if off.Abs() <= clockTolerance {
		d.find(OK, subject, "agrees with that of this machine", "")
		return
	}
	direction := "behind"
	if off < 0 {
		direction = "ahead of"
	}
	d.find(Fail, subject, fmt.Sprintf("is %v %s that of this machine", off.Abs(), direction), "Let NTP keep the time on both machines; what is due is told late or early until then.")
}

// socket opens one connection as the bot does and waits for Slack's hello.
func (d *doctor) socket(ctx context.Context, client *slack.Client) {
	const subject = "socket"
	ctx, cancel := context.WithTimeout(ctx, doctorPatience)
	defer cancel()
	_, address, err := client.StartSocketModeContext(ctx)
	if err != nil {
		d.find(Fail, "app token", d.slackSays(err), slackFix(err, "slack.app_token", tokenOrigin["xapp-"]))
		d.skip("the app token does not open one", subject)
		return
	}
	d.find(OK, "app token", "may open connections", "")
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: doctorPatience}
	conn, _, err := dialer.DialContext(ctx, address, nil)
	if err != nil {
		d.find(Fail, subject, "cannot be opened: "+err.Error(), "Let this machine reach wss-primary.slack.com and wss-backup.slack.com on port 443, through a proxy that passes WebSockets if there is one (HTTPS_PROXY).")
		return
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	conn.SetReadDeadline(deadline)
	var hello struct {
		Type        string `json:"type"`
		Connections int    `json:"num_connections"`
	}
	if err := conn.ReadJSON(&hello); err != nil || hello.Type != "hello" {
		d.find(Fail, subject, "opens, but Slack says no hello on it", "Check that Socket Mode is on in the app's settings, and that a proxy passes WebSocket frames.")
		return
	}
	conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), deadline)
	found := fmt.Sprintf("Slack says hello; %d open in all, this one included", hello.Connections)
	if hello.Connections >= maxSockets {
		d.find(Warn, subject, found, "Slack allows 10. Lower slack.sockets or the number of replicas, so that one is left for a refresh.")
		return
	}
	d.find(OK, subject, found, "")
}

// slackFix is what to do about a refusal of Slack.
func slackFix(err error, key, origin string) string {
	var refusal slack.SlackErrorResponse
	if !errors.As(err, &refusal) {
		return "Check that this machine reaches slack.api_url over HTTPS, through a proxy if there is one (HTTPS_PROXY)."
	}
	switch refusal.Err {
	case "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "not_allowed_token_type":
		return fmt.Sprintf("Set %s to %s. If it is right, look whether the app is still installed, and whether it allows this machine's address.", setting{key: key}.env(), origin)
	case "missing_scope", "no_permission":
		return "Give the token the scope connections:write, under Basic Information, App-Level Tokens."
	case "ratelimited", "rate_limited", "internal_error", "service_unavailable", "fatal_error":
		return "Try again in a minute; nothing is wrong with the settings."
	}
	return "Look the word up in Slack's documentation of the method; it names the setting of the app that is in the way."
}

func (d *doctor) redis(ctx context.Context) {
	const subject = "Redis"
	ctx, cancel := context.WithTimeout(ctx, doctorPatience)
	defer cancel()
	rest := []string{"eviction", "persistence", "Redis clock", "store"}
	name, how := d.settings.Redis.name(), d.settings.Storage()
	how.AllowEviction = true // it has a finding of its own
	how.Beside = true        // with embedded:, through what runs
	db, err := storage.Open(ctx, how, slog.New(slog.DiscardHandler))
	if err != nil {
		d.find(Fail, subject, err.Error(), "Correct redis.url. Where another alignbot has this directory, its /readyz tells how Redis is.")
		d.skip("Redis cannot be opened", rest...)
		return
	}
	defer db.Close()
	facts, err := db.Facts(ctx)
	if err != nil {
		what, next := d.settings.Redis.trouble(err)
		d.find(Fail, subject, strings.TrimSuffix(what, "."), next)
		d.skip("Redis does not answer as it should", rest...)
		return
	}
	switch version := facts.Version; {
	case version == "":
		d.find(Warn, subject, name+" does not tell its version", "Make sure that it is "+minRedis+" or newer.")
	case atLeast(version, minRedis):
		d.find(OK, subject, fmt.Sprintf("%s is of version %s and answers in %v", name, version, facts.RoundTrip.Round(10*time.Microsecond)), "")
	default:
		d.find(Fail, subject, name+" is of version "+version+", which is too old", "Use Redis "+minRedis+" or newer, or a Valkey that calls itself so.")
	}
	switch {
	case !facts.EvictionKnown:
		d.find(Warn, "eviction", "this Redis does not tell its maxmemory-policy", "Make sure that it is noeviction: anything else throws ideas away when memory is full.")
	case facts.EvictionPolicy == "noeviction":
		d.find(OK, "eviction", "off (noeviction)", "")
	case d.settings.Redis.AllowEviction:
		d.find(Warn, "eviction", "Redis throws data away when it is full ("+facts.EvictionPolicy+"), and redis.allow_eviction accepts that", "Set maxmemory-policy to noeviction.")
	default:
		d.find(Fail, "eviction", "Redis throws data away when it is full ("+facts.EvictionPolicy+")", stopEviction)
	}
	if facts.AppendOnly {
		d.find(OK, "persistence", "on (append-only file)", "")
	} else {
		d.find(Warn, "persistence", "Redis keeps no append-only file, so a crash of Redis loses what was written last", "Set appendonly yes in redis.conf, or make sure that your provider replicates and persists.")
	}
	d.clock(subject, facts.Clock, time.Now())
	var problem *pipeline.Problem
	switch err := db.Ready(ctx); {
	case err == nil:
		d.find(OK, "store", "what is written is read back", "")
	case errors.Is(err, storage.ErrUnavailable):
		what, next := d.settings.Redis.trouble(err)
		d.find(Fail, "store", strings.TrimSuffix(what, "."), next)
	case errors.As(err, &problem) && problem.Code == "redis-too-old":
		d.skip("Redis is too old", "store")
	case errors.As(err, &problem):
		d.find(Fail, "store", strings.TrimSuffix(problem.What, "."), problem.Next)
	default:
		d.find(Fail, "store", err.Error(), "See the lines above; if they are right, look whether this user may write (ACL).")
	}
}

// minRedis is the oldest version that the tests run on.
const minRedis = "6.2"

// atLeast compares dotted versions by number.
func atLeast(version, least string) bool {
	var a, b [2]int
	fmt.Sscanf(version, "%d.%d", &a[0], &a[1])
	fmt.Sscanf(least, "%d.%d", &b[0], &b[1])
	return slices.Compare(a[:], b[:]) >= 0
}

// zones checks the time zones built into the program against a rule that
// everybody knows.
func (d *doctor) zones() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		d.find(Fail, "time zones", err.Error(), "Build the program again with the standard toolchain; zones are part of it.")
		return
	}
	_, summer := time.Date(2026, 7, 1, 12, 0, 0, 0, berlin).Zone()
	_, winter := time.Date(2026, 1, 1, 12, 0, 0, 0, berlin).Zone()
	if summer != 7200 || winter != 3600 {
		d.find(Fail, "time zones", "the zone data of this machine is wrong", "Update the package tzdata, or remove ZONEINFO from the environment.")
		return
	}
	d.find(OK, "time zones", "known", "")
}
