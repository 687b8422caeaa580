package main

import (
	"reflect"
	"strings"
	"time"

	"alignbot/bot"
	"alignbot/pipeline"
	"alignbot/storage"
)

// Settings is everything that can be set: the keys of config.example.yaml. The
// rest of the program is handed plain structs made from it.
type Settings struct {
	Slack    SlackSettings    `key:"slack"`
	Redis    RedisSettings    `key:"redis"`
	HTTP     HTTPSettings     `key:"http"`
	Log      LogSettings      `key:"log"`
	Policy   PolicySettings   `key:"policy"`
	LLM      LLMSettings      `key:"llm"`
	Pictures PicturesSettings `key:"pictures"`
}

// SlackSettings say which app the program is and how it shows itself.
type SlackSettings struct {
	BotToken        bot.Secret `key:"bot_token" usage:"bot token, xoxb-…, from OAuth & Permissions in the app's settings"`
	AppToken        bot.Secret `key:"app_token" usage:"app-level token with the scope connections:write, xapp-…, from Basic Information"`
	APIURL          string     `key:"api_url" usage:"address of the Web API; another one than Slack's for a local Slack"`
	Prefix          string     `key:"prefix" usage:"put before each slash command, for workspaces where the names are taken: acme- makes /acme-idea"`
	Sockets         int        `key:"sockets" usage:"connections to Slack that this process keeps open, 2 to 10; Slack allows an app 10 in all"`
	CaptureReaction string     `key:"capture_reaction" usage:"emoji that offers the capture form when put on a message, or off; works once the scope reactions:read is granted"`
}

// RedisSettings say where the state is.
type RedisSettings struct {
	URL           bot.Secret    `key:"url" usage:"redis://, rediss://, redis+sentinel://, or embedded:DIR to run a redis-server of its own"`
	Cluster       bool          `key:"cluster" usage:"the address is a Redis Cluster although it names one host"`
	AllowEviction bool          `key:"allow_eviction" usage:"start although Redis may throw data away when it is full"`
	WaitReplicas  int           `key:"wait_replicas" usage:"replicas that must hold a change, at least, before it counts as stored; 0 waits for none"`
	Timeout       time.Duration `key:"timeout" usage:"longest wait for one Redis command, with its unit: 1s, 500ms"`
}

// HTTPSettings say where /livez, /readyz and /metrics are served.
type HTTPSettings struct {
	Listen string `key:"listen" usage:"address for /livez, /readyz and /metrics"`
}

// PolicySettings are what the people who run alignbot decide about permissions.
type PolicySettings struct {
	Guests             bool `key:"guests" usage:"guests may take part in the channels they are in"`
	MembersCreateTeams bool `key:"members_create_teams" usage:"any member may set up a team, not only admins and product owners"`
}

// slackAPI is the Web API of Slack itself.
const slackAPI = "https://slack.com/api/"

// defaults are the settings of somebody who sets nothing.
func defaults() Settings {
	return Settings{
		Slack: SlackSettings{APIURL: slackAPI, Sockets: 2, CaptureReaction: "bulb"},
		Redis: RedisSettings{URL: "redis://127.0.0.1:6379", Timeout: time.Second},
		HTTP:  HTTPSettings{Listen: "127.0.0.1:8066"},
		Log:   LogSettings{Level: "info", Format: "json"},
		LLM:   defaultLLM(),

		Pictures: PicturesSettings{Fonts: systemFonts},
	}
}

// Storage gives what package storage is told.
func (s Settings) Storage() storage.Settings {
	return storage.Settings{
		URL:           s.Redis.URL.Reveal(),
		Cluster:       s.Redis.Cluster,
		AllowEviction: s.Redis.AllowEviction,
		Timeout:       s.Redis.Timeout,
		WaitReplicas:  s.Redis.WaitReplicas,
	}
}

// Permissions gives what package pipeline is told.
func (s Settings) Permissions() pipeline.Policy {
	return pipeline.Policy{Guests: s.Policy.Guests, MembersCreateTeams: s.Policy.MembersCreateTeams}
}

// Reaction gives the emoji that captures, "" for none.
func (s SlackSettings) Reaction() string {
	if s.CaptureReaction == "off" {
		return ""
	}
	return s.CaptureReaction
}

// setting is one key with the place its value is kept.
type setting struct {
	key    string // slack.bot_token
	usage  string
	secret bool
	value  reflect.Value
}

// env is the environment variable of the setting: ALIGNBOT_SLACK_BOT_TOKEN.
func (s setting) env() string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(s.key, ".", "_"))
}

// flag is the setting on the command line, without dashes: slack-api-url.
func (s setting) flag() string { return strings.NewReplacer(".", "-", "_", "-").Replace(s.key) }

// all lists the settings, in the order of the struct.
func (s *Settings) all() []setting {
	var list []setting
	sections := reflect.ValueOf(s).Elem()
	for i := range sections.NumField() {
		section, name := sections.Field(i), sections.Type().Field(i).Tag.Get("key")
		for j := range section.NumField() {
			field := section.Type().Field(j)
			list = append(list, setting{
				key:    name + "." + field.Tag.Get("key"),
				usage:  field.Tag.Get("usage"),
				secret: field.Type == reflect.TypeFor[bot.Secret](),
				value:  section.Field(j),
			})
		}
	}
	return list
}

// api gives the address of the Web API with the slash that clients want.
func (s SlackSettings) api() string { return strings.TrimRight(s.APIURL, "/") + "/" }
