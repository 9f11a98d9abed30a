using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Switch.Simulator;

/// <summary>The command line, read.</summary>
internal sealed record SimulatorArguments
{
    public const string Usage = """
        An ISO 8583 acquirer host for tests and development.

        usage: switch-simulator [options]
          --name NAME        name of the host (acquirer)
          --address ADDRESS  address to listen on (127.0.0.1)
          --port PORT        port to listen on; 0 takes a free one (0)
          --dialect DIALECT  iso1987-ascii, iso1987-binary or a dialect file (iso1987-ascii)
          --scenario FILE    how to behave, see docs/simulator.md (approves everything)
          --ledger FILE      append the ledger to this file, one JSON object a line
          --ledger-at-end    write that file when the host stops: no line is written while it answers
          --ledger-max N     most entries; beyond them requests are declined with 96 (500000)
          --quiet            do not tell connections and their faults
          --help             show this

        Ctrl-C stops the host and prints the totals of its ledger.
        """;

    public string Name { get; private set; } = "acquirer";

    public IPAddress Address { get; private set; } = IPAddress.Loopback;

    public int Port { get; private set; }

    public string Dialect { get; private set; } = "iso1987-ascii";

    public string? Scenario { get; private set; }

    public string? LedgerFile { get; private set; }

    public bool IsLedgerAtEnd { get; private set; }

    public int LedgerMaxEntries { get; private set; } = Ledger.DefaultMaxEntries;

    public bool IsQuiet { get; private set; }

    public bool IsHelp { get; private set; }

    /// <summary>Reads the arguments; false leaves the first fault.</summary>
    public static bool TryParse(
        IReadOnlyList<string> args, [NotNullWhen(true)] out SimulatorArguments? arguments, out string fault)
    {
        arguments = null;
        fault = "";
        var read = new SimulatorArguments();
        for (var i = 0; i < args.Count && fault.Length == 0; i++)
        {
            var option = args[i];
            if (read.TrySetSwitch(option)) continue;
            if (!option.StartsWith("--", StringComparison.Ordinal)) fault = $"'{option}' is not an option";
            else if (i + 1 == args.Count) fault = $"{option} is unknown, or lacks its value";
            else fault = read.Set(option, args[++i]);
        }

        if (fault.Length == 0 && read is { IsLedgerAtEnd: true, LedgerFile: null })
            fault = "--ledger-at-end needs --ledger FILE";
        if (fault.Length == 0) arguments = read;
        return arguments is not null;
    }

    private bool TrySetSwitch(string option)
    {
        switch (option)
        {
            case "--help" or "-h":
                IsHelp = true;
                return true;
            case "--quiet":
                IsQuiet = true;
                return true;
            case "--ledger-at-end":
                IsLedgerAtEnd = true;
                return true;
            default:
                return false;
        }
    }

    // The fault, empty when there is none.
    private string Set(string option, string value)
    {
        switch (option)
        {
            case "--name":
                Name = value;
                return value.Length > 0 ? "" : "--name is empty";
            case "--address":
                if (!IPAddress.TryParse(value, out var address)) return $"--address: '{value}' is not an IP address";
                Address = address;
                return "";
            case "--port":
                Port = Number(value);
                return Port is >= 0 and <= IPEndPoint.MaxPort ? "" : $"--port: '{value}' is not a port from 0 to 65535";
            case "--dialect":
                Dialect = value;
                return value.Length > 0 ? "" : "--dialect is empty";
            case "--scenario":
                Scenario = value;
                return "";
            case "--ledger":
                LedgerFile = value;
                return "";
            case "--ledger-max":
                LedgerMaxEntries = Number(value);
                return LedgerMaxEntries > 0 ? "" : $"--ledger-max: '{value}' is not a number from 1";
            default:
                return $"unknown option {option}";
        }
    }

    private static int Number(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
