package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
)

// What is configured at one destination reaches that one, wherever it stands.
func TestSettingsOfEachDestination(t *testing.T) {
	t.Parallel()
	c := config.Config{Destinations: []config.Destination{
		{Code: "a"},
		{Code: "b", RetryCap: config.Duration(time.Minute), Breaker: config.Breaker{OpenFor: config.Duration(time.Second), MinCalls: 3, RampCalls: 2}},
	}}
	require.Equal(t, map[string]gateway.BreakerOptions{"a": {}, "b": {OpenFor: time.Second, MinCalls: 3, RampCalls: 2}}, breakerOptionsOf(c))
	require.Equal(t, map[string]gateway.Schedule{"a": {}, "b": {Cap: time.Minute}}, schedulesOf(c))
}
