package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// opsEntity is an entity, or what one destination is shown of it.
type opsEntity struct {
	Entity      string `arg:"" help:"Kind and id, as the subject of feeds and sinks (land_parcel/0190c3d2-…), or the number of a dossier."`
	Destination string `help:"Only this destination." placeholder:"CODE"`
	opsOrder
}

type opsWithdrawCmd struct{ opsEntity }

type opsRestoreCmd struct{ opsEntity }

// Run withdraws.
func (c *opsWithdrawCmd) Run(ctx context.Context, s *streams) error { return c.retract(ctx, s, false) }

// Run takes it back.
func (c *opsRestoreCmd) Run(ctx context.Context, s *streams) error { return c.retract(ctx, s, true) }

// retractedLine is what became of the order, as it is printed.
type retractedLine struct {
	Action   string `json:"action"`
	Entity   string `json:"entity"`
	Revision int64  `json:"revision"`
	Changed  bool   `json:"changed"` // false: it stood like that already
}

func (c *opsEntity) retract(ctx context.Context, s *streams, undo bool) error {
	actor, err := c.who(s)
	if err != nil {
		return err
	}
	number, _ := schema.ParseDossierNumber(c.Entity)
	isNumber := number.Value != "" && !strings.Contains(c.Entity, "/")
	kind, id, err := entityOf(c.Entity)
	if err != nil && !isNumber {
		return err
	}
	r := gateway.Retraction{EntityID: id, Kind: kind, Destination: c.Destination, Undo: undo, Actor: actor, Reason: c.Reason}
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		if isNumber {
			dossier, err := store.DossierID(ctx, number.Value)
			if err != nil {
				return noDossier(err)
			}
			r.Kind, r.EntityID = schema.KindDossier, dossier
		}
		done, err := store.Retract(ctx, r)
		var wrong *fault.Error
		if errors.As(err, &wrong) && wrong.Code == fault.Invalid {
			return fault.New(fault.Usage, "ops", wrong.Msg)
		}
		if err != nil {
			return err
		}
		line := retractedLine{Action: r.Action(), Entity: string(r.Kind) + "/" + r.EntityID.String(), Revision: done.Revision, Changed: done.Changed}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(line)
		}
		word := stood
		if line.Changed {
			word = fmt.Sprintf("done as revision %d; destinations are told as soon as they answer", line.Revision)
		}
		_, err = fmt.Fprintf(s.out, "%s %s: %s\n", line.Action, line.Entity, word)
		return err
	})
}

// entityOf reads the subject of an entity.
func entityOf(subject string) (schema.Kind, uuid.UUID, error) {
	name, text, _ := strings.Cut(subject, "/")
	kind := schema.Kind(name)
	id, err := uuid.Parse(text)
	if err != nil || !kind.Valid() || kind.Entity() != kind {
		return "", uuid.Nil, fault.New(fault.Usage, "ops", "an entity is named by kind and id, like land_parcel/0190c3d2-0000-7000-8000-000000000001, or by the number of its dossier")
	}
	return kind, id, nil
}
