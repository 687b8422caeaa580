package main

import (
	"time"

	"alignbot/bot"
	"alignbot/llm"
)

// LLMSettings say which language model suggests outcomes, if any.
type LLMSettings struct {
	BaseURL         string        `key:"base_url" usage:"address of a language model that suggests outcomes, like https://api.openai.com/v1; empty for none"`
	Model           string        `key:"model" usage:"name of the model at that server; for azure that of the deployment"`
	Key             bot.Secret    `key:"key" usage:"key of the model's server, where it wants one"`
	Kind            string        `key:"kind" usage:"openai, or azure for deployments in the path"`
	Timeout         time.Duration `key:"timeout" usage:"longest wait for one suggestion, with its unit: 20s"`
	AllowPlainHTTP  bool          `key:"allow_plain_http" usage:"send ideas and the key to another machine unencrypted"`
	PersonBudget    int           `key:"person_budget" usage:"questions to the model a day for one person"`
	WorkspaceBudget int           `key:"workspace_budget" usage:"questions to the model a day for the whole workspace"`
}

func defaultLLM() LLMSettings {
	d := llm.DefaultSettings()
	return LLMSettings{Kind: string(d.Kind), Timeout: d.Timeout, PersonBudget: d.PersonBudget, WorkspaceBudget: d.WorkspaceBudget}
}

// settings gives what package llm is told.
func (s LLMSettings) settings() llm.Settings {
	return llm.Settings{
		BaseURL: s.BaseURL, Model: s.Model, Key: s.Key.Reveal(), Kind: llm.Kind(s.Kind), Timeout: s.Timeout,
		AllowPlainHTTP: s.AllowPlainHTTP, PersonBudget: s.PersonBudget, WorkspaceBudget: s.WorkspaceBudget,
	}
}

// open gives the model, nil where none is configured. It connects to nothing yet.
func (s LLMSettings) open() (*llm.Model, error) {
	if settings := s.settings(); settings.Configured() {
		return llm.NewModel(settings)
	}
	return nil, nil
}

func checkLLM(s Settings, wrong func(key, reason, fix string)) { s.LLM.settings().Check(wrong) }
