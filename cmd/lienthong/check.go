package main

import (
	"encoding/json"
	"errors"

	"github.com/goccy/go-yaml"

	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/internal/fault"
)

type checkCmd struct {
	File string `arg:"" help:"Configuration file." placeholder:"FILE"`
	JSON bool   `help:"Print as JSON." name:"json"`
}

// checked is what check prints as JSON.
type checked struct {
	OK       bool             `json:"ok"`
	Config   json.RawMessage  `json:"config,omitempty"` // the effective one, masked
	Mistakes []config.Mistake `json:"mistakes"`
}

// Run prints the effective configuration, or everything that is wrong with it.
func (c *checkCmd) Run(s *streams) error {
	if c.JSON {
		return c.asJSON(s)
	}
	settings, err := loadConfig(c.File, s)
	if err != nil {
		return err
	}
	text, err := settings.Masked().YAML()
	if err != nil {
		return err
	}
	_, err = s.out.Write(text)
	return err
}

func (c *checkCmd) asJSON(s *streams) error {
	settings, wrong := config.Load(c.File, s.getenv)
	answer := checked{OK: wrong == nil, Mistakes: []config.Mistake{}}
	var mistakes config.Mistakes
	switch {
	case errors.As(wrong, &mistakes):
		answer.Mistakes, wrong = mistakes, &fault.Error{Code: fault.Usage, Op: "check", Err: errSilent}
	case wrong != nil: // there is no such file
		return wrong
	default:
		text, err := settings.Masked().YAML()
		if err != nil {
			return err
		}
		if answer.Config, err = yaml.YAMLToJSON(text); err != nil {
			return err
		}
	}
	return errors.Join(json.NewEncoder(s.out).Encode(answer), wrong)
}
