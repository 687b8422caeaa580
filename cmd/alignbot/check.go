package main

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"alignbot/storage"
)

// SettingProblem is one setting that is wrong. It never holds a secret.
type SettingProblem struct {
	Key    string `json:"key"`             // slack.bot_token; "" when it is about a whole file
	Where  string `json:"where,omitempty"` // file and line, variable or flag; "" when it is set nowhere
	Reason string `json:"reason"`
	Fix    string `json:"fix"`
}

func (p SettingProblem) String() string {
	name := p.Key
	switch {
	case name == "":
		name = p.Where
	case p.Where != "":
		name += " (" + p.Where + ")"
	}
	return fmt.Sprintf("%s: %s. %s", name, p.Reason, p.Fix)
}

// SettingsError holds everything that is wrong with the settings.
type SettingsError struct{ Problems []SettingProblem }

func (e *SettingsError) Error() string {
	lines := []string{"the settings cannot be used as they are:"}
	for _, p := range e.Problems {
		lines = append(lines, "  "+p.String())
	}
	return strings.Join(lines, "\n")
}

// check looks at one part of the settings and reports what is wrong.
type check func(s Settings, wrong func(key, reason, fix string))

// everything is what the bot itself needs.
var everything = []check{checkSlack, checkRedis, checkHTTP, checkLog, checkLLM, checkPictures}

var (
	prefixPattern   = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,19}$`)
	reactionPattern = regexp.MustCompile(`^[a-z0-9_+'-]{1,100}$`)
)

const (
	minSockets = 2  // so that one is there while Slack refreshes the other
	maxSockets = 10 // what Slack allows one app in all
)

func checkSlack(s Settings, wrong func(key, reason, fix string)) {
	bot, app := s.Slack.BotToken.Reveal(), s.Slack.AppToken.Reveal()
	swapped := strings.HasPrefix(bot, "xapp-") && strings.HasPrefix(app, "xoxb-")
	checkToken("slack.bot_token", bot, "xoxb-", swapped, wrong)
	checkToken("slack.app_token", app, "xapp-", swapped, wrong)
	checkAPI(s.Slack.APIURL, wrong)
	if p := s.Slack.Prefix; p != "" && !prefixPattern.MatchString(p) {
		wrong("slack.prefix", "it is not a beginning that a slash command can have", "Use at most 20 of a-z, 0-9, - and _, without the slash, such as acme-.")
	}
	if n := s.Slack.Sockets; n < minSockets || n > maxSockets {
		wrong("slack.sockets", fmt.Sprintf("%d connections are not possible", n), "Set 2 to 10, for all replicas together at most 10; 2 is right for most.")
	}
	if r := s.Slack.CaptureReaction; r != "" && !reactionPattern.MatchString(r) {
		wrong("slack.capture_reaction", "it is not the name of an emoji", "Write the name without colons, such as bulb, or off.")
	}
}

// Where an operator finds each kind of token.
var tokenOrigin = map[string]string{
	"xoxb-": "the bot token, which begins with xoxb- and is shown under OAuth & Permissions once the app is installed",
	"xapp-": "an app-level token, which begins with xapp- and is made under Basic Information with the scope connections:write",
}

func checkToken(key, token, prefix string, swapped bool, wrong func(key, reason, fix string)) {
	env := setting{key: key}.env()
	switch {
	case token == "":
		wrong(key, "it is not set", fmt.Sprintf("Set %s to %s.", env, tokenOrigin[prefix]))
	case strings.TrimSpace(token) != token || strings.ContainsAny(token, " \t\r\n\"'`"):
		wrong(key, "it contains spaces or quotes", "Copy the token again, alone.")
	case strings.HasPrefix(token, prefix):
	case swapped:
		wrong(key, "this is the other token: the two are swapped", fmt.Sprintf("Set %s to %s.", env, tokenOrigin[prefix]))
	case strings.HasPrefix(token, "xapp-"):
		wrong(key, "this is an app-level token", fmt.Sprintf("Set %s to %s.", env, tokenOrigin[prefix]))
	case strings.HasPrefix(token, "xoxb-"):
		wrong(key, "this is a bot token", fmt.Sprintf("Set %s to %s.", env, tokenOrigin[prefix]))
	case strings.HasPrefix(token, "xoxp-"):
		wrong(key, "this is the token of a person", fmt.Sprintf("Set %s to %s.", env, tokenOrigin[prefix]))
	case strings.HasPrefix(token, "xoxe"):
		wrong(key, "this token expires, because token rotation is on", "Make the app anew from the manifest, with token rotation off: once on, Slack cannot turn it off.")
	default:
		wrong(key, "this is not such a token", fmt.Sprintf("Set %s to %s.", env, tokenOrigin[prefix]))
	}
}

func checkAPI(address string, wrong func(key, reason, fix string)) {
	const key = "slack.api_url"
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		wrong(key, "it is not a web address", "Leave it out for Slack itself, or copy the line that alignbot slack prints.")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		wrong(key, "it has a user name, a ? or a #, which the Web API's address has not", "Leave only scheme, host and path, such as "+slackAPI+".")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		wrong(key, "tokens would travel unencrypted", "Use https, or http on this machine only (127.0.0.1).")
	}
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// maxRedisTimeout leaves room to answer within Slack's three seconds.
const maxRedisTimeout = 2 * time.Second

// redisSchemes are the beginnings of redis.url. Package storage knows memory:
// as well, which is for the demo alone: it forgets everything at the end.
var redisSchemes = []string{"redis", "rediss", "redis+sentinel", "rediss+sentinel", "unix", "embedded"}

const redisForms = "Forms that work: redis://HOST:6379, rediss://USER:PASSWORD@HOST:6379/0, redis+sentinel://HOST:26379/NAME, unix:///PATH, embedded:DIR."

func checkRedis(s Settings, wrong func(key, reason, fix string)) {
	const key = "redis.url"
	address := s.Redis.URL.Reveal()
	scheme, rest, _ := strings.Cut(address, ":")
	authority, beyond, _ := strings.Cut(strings.TrimPrefix(rest, "//"), "/")
	switch {
	case address == "":
		wrong(key, "it is not set", "Set it to redis://HOST:6379, or to embedded:DIR to keep the state in a directory.")
	case scheme == "memory":
		wrong(key, "memory: forgets everything when alignbot ends, so only alignbot demo uses it", "Set it to redis://HOST:6379, or to embedded:DIR to keep the state in a directory.")
	case !slices.Contains(redisSchemes, scheme):
		wrong(key, "it begins with no scheme that is known", redisForms) // the beginning may be a password
	case scheme != "unix" && scheme != "embedded" && !strings.Contains(authority, "@") && strings.Contains(beyond, "@"):
		wrong(key, "there is a / in its user or password", "Write it as %2F; @ is %40, : is %3A, ? is %3F, % is %25.")
	default:
		if err := (storage.Settings{URL: address, Cluster: s.Redis.Cluster}).Check(); err != nil {
			wrong(key, strings.TrimRight(err.Error(), "."), redisForms)
		}
	}
	if n := s.Redis.WaitReplicas; n < 0 || n > 10 {
		wrong("redis.wait_replicas", fmt.Sprintf("%d replicas cannot be waited for", n), "Set 0, or the least number of replicas that must have a change; 1 is right where there are two or more.")
	}
	if t := s.Redis.Timeout; t < 10*time.Millisecond || t > maxRedisTimeout {
		wrong("redis.timeout", fmt.Sprintf("%v cannot work, because Slack wants every answer within 3s", t), "Set 10ms to 2s; 1s is right for most.")
	}
}

func checkHTTP(s Settings, wrong func(key, reason, fix string)) {
	checkListen("http.listen", s.HTTP.Listen, wrong)
}

func checkListen(key, address string, wrong func(key, reason, fix string)) {
	if !isListen(address) {
		wrong(key, "it is not an address to listen on", "Write host and port, such as 127.0.0.1:8066, or :8066 for all addresses of this machine.")
	}
}

// isListen tells whether the address is a host, which may be empty, and a port.
func isListen(address string) bool {
	_, port, err := net.SplitHostPort(address)
	n, portErr := strconv.Atoi(port)
	return err == nil && portErr == nil && n >= 0 && n <= 65535
}

func checkLog(s Settings, wrong func(key, reason, fix string)) {
	if _, ok := logLevels[s.Log.Level]; !ok {
		wrong("log.level", "there is no such level", "Write debug, info, warn or error.")
	}
	if f := s.Log.Format; f != "json" && f != "text" {
		wrong("log.format", "there is no such format", "Write json or text.")
	}
}

// checkAll looks at settings that were not loaded but made.
func checkAll(s Settings, checks ...check) error {
	var problems []SettingProblem
	for _, check := range checks {
		check(s, func(key, reason, fix string) {
			problems = append(problems, SettingProblem{Key: key, Reason: reason, Fix: fix})
		})
	}
	if problems == nil {
		return nil
	}
	return &SettingsError{problems}
}
