package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/config"
)

// root is the folder of the repository as these tests see it.
const root = "../.."

// understood says what is wrong with a command line. Nothing is run.
func understood(t *testing.T, args []string) error {
	t.Helper()
	parser, err := kong.New(&cli{}, kong.Name("lienthong"), kong.Exit(func(int) {}))
	require.NoError(t, err)
	_, err = parser.Parse(args)
	return err
}

// composeFile is what the tests look at in docker-compose.yml.
type composeFile struct {
	Services map[string]struct {
		Image       string            `yaml:"image"`
		Entrypoint  []string          `yaml:"entrypoint"`
		Command     []string          `yaml:"command"`
		Environment map[string]string `yaml:"environment"`
		ReadOnly    bool              `yaml:"read_only"`
		CapDrop     []string          `yaml:"cap_drop"`
		SecurityOpt []string          `yaml:"security_opt"`
		Secrets     []string          `yaml:"secrets"`
		Healthcheck struct {
			Test []string `yaml:"test"`
		} `yaml:"healthcheck"`
	} `yaml:"services"`
	Secrets map[string]struct {
		File string `yaml:"file"`
	} `yaml:"secrets"`
}

func readCompose(t *testing.T) composeFile {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "docker-compose.yml"))
	require.NoError(t, err)
	var c composeFile
	// What is merged in comes first and is overridden; the decoder calls that a duplicate.
	require.NoError(t, yaml.UnmarshalWithOptions(data, &c, yaml.AllowDuplicateMapKey()))
	return c
}

func TestCompose(t *testing.T) {
	const program = "/usr/local/bin/lienthong" // ENTRYPOINT of the Dockerfile
	c := readCompose(t)
	ours := 0
	for name, s := range c.Services {
		t.Run(name+" may do as little as possible", func(t *testing.T) {
			require.True(t, s.ReadOnly)
			require.Equal(t, []string{"ALL"}, s.CapDrop)
			require.Equal(t, []string{"no-new-privileges:true"}, s.SecurityOpt)
			for _, secret := range s.Secrets {
				require.NotEmpty(t, c.Secrets[secret].File, secret)
			}
			for variable, value := range s.Environment {
				require.NotRegexp(t, `://[^/@]*:[^/@]*@`, value, "%s holds a password", variable)
			}
		})
		if s.Image != "lienthong" {
			continue
		}
		ours++
		t.Run(name+" is started with a command that exists", func(t *testing.T) {
			for variable, value := range s.Environment {
				t.Setenv(variable, value)
			}
			args := s.Command
			if len(s.Entrypoint) > 0 {
				require.Equal(t, program, s.Entrypoint[0])
				args = append(s.Entrypoint[1:], args...)
			}
			require.NoError(t, understood(t, args))
			if test := s.Healthcheck.Test; len(test) > 0 {
				require.Equal(t, []string{"CMD", program}, test[:2])
				require.NoError(t, understood(t, test[2:]))
			}
		})
	}
	require.GreaterOrEqual(t, ours, 4, "migrate, serve, work and the simulator")
}

func TestConfigurationOfCompose(t *testing.T) {
	c := readCompose(t)
	data, err := os.ReadFile(filepath.Join(root, "deploy/compose/gateway.yaml"))
	require.NoError(t, err)
	getenv := func(name string) string { return c.Services["serve"].Environment[name] }
	_, err = config.Parse(data, getenv)
	var mistakes config.Mistakes
	if err != nil {
		require.ErrorAs(t, err, &mistakes)
	}
	for _, m := range mistakes { // the secret itself is not there where tests run
		require.Equal(t, "destinations[0].password_file", m.Where, m.String())
	}
}
