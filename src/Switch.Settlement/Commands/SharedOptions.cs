using System.CommandLine;
using System.CommandLine.Parsing;
using System.Data.Common;
using Microsoft.Extensions.Options;
using Switch.Settlement.Hosting;
using Switch.Settlement.Store;

namespace Switch.Settlement.Commands;

/// <summary>
/// The options of every verb. They stand above environment variables (Settlement__Database), which stand above
/// appsettings.json in the working folder.
/// </summary>
internal sealed class SharedOptions(TimeProvider time)
{
    private readonly Option<string> _database = new("--database")
    {
        Description = "sqlite:PATH or a PostgreSQL connection string (Settlement:Database; sqlite:settlement.db)",
        HelpName = "STORE",
        Recursive = true,
    };

    private readonly Option<string> _terms = new("--terms")
    {
        Description = "the file with the terms of settlement (Settlement:Terms; settlement.yaml)",
        HelpName = "FILE",
        Recursive = true,
    };

    private readonly Option<string> _kafka = new("--kafka")
    {
        Description = "host:port of the brokers (Settlement:Kafka:BootstrapServers; 127.0.0.1:9092)",
        HelpName = "BROKERS",
        Recursive = true,
    };

    private readonly Option<string[]> _settings = new("--set")
    {
        Description = "any other setting, such as Settlement:Kafka:Topic=payments.transaction.v1",
        HelpName = "KEY=VALUE",
        Recursive = true,
        DefaultValueFactory = static _ => [],
    };

    public TimeProvider Time => time;

    public void AddTo(RootCommand root)
    {
        root.Add(_database);
        root.Add(_terms);
        root.Add(_kafka);
        root.Add(_settings);
        _settings.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens.Where(
                static token => !token.Value.Contains('=', StringComparison.Ordinal)))
                result.AddError($"'{token.Value}' is no KEY=VALUE");
        });
    }

    /// <summary>Whether --database is given, and the store so not merely the configured one.</summary>
    public bool NamesDatabase(CommandResult command) => command.GetResult(_database) is not null;

    /// <summary>Where the settings come from, the command line last.</summary>
    public void Configure(IConfigurationBuilder configuration, ParseResult parsed)
    {
        configuration.Sources.Clear();
        configuration.AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true).AddEnvironmentVariables();
        (string Key, Option<string> Option)[] given =
            [("Database", _database), ("Terms", _terms), ("Kafka:BootstrapServers", _kafka)];
        configuration.AddInMemoryCollection(parsed.GetValue(_settings)!
            .Select(static setting => KeyValuePair.Create(
                setting[..setting.IndexOf('=', StringComparison.Ordinal)],
                (string?)setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..])));
        configuration.AddInMemoryCollection(given
            .Where(one => parsed.GetValue(one.Option) is not null)
            .Select(one => KeyValuePair.Create(
                $"{SettlementOptions.Section}:{one.Key}", parsed.GetValue(one.Option))));
    }

    /// <summary>Opens the books, does the work, and says what is in the way when something is.</summary>
    /// <returns>The exit status.</returns>
    public Task<int> AtDeskAsync(ParseResult parsed, Func<Desk, Task<int>> work) =>
        GuardAsync(parsed, async () =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var options = Read(parsed);
            var terms = SettlementHost.TermsOf(options.Terms);
            using var desk = new Desk(
                options, SettlementDatabase.Open(options.Database), terms, options.BusinessDay.Of(time), output, error);
            return await work(desk);
        });

    /// <summary>The same for what is done at once.</summary>
    public Task<int> AtDeskAsync(ParseResult parsed, Func<Desk, int> work) =>
        AtDeskAsync(parsed, desk => Task.FromResult(work(desk)));

    /// <summary>Does the work; what stops it is said on standard error, without a stack trace.</summary>
    public static async Task<int> GuardAsync(ParseResult parsed, Func<Task<int>> work)
    {
        var error = parsed.InvocationConfiguration.Error;
        try
        {
            return await work();
        }
        catch (OptionsValidationException e)
        {
            foreach (var failure in e.Failures) await error.WriteLineAsync($"{SettlementOptions.Section}: {failure}");
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("interrupted; what was not finished was not written");
        }
        catch (Exception e) when (e is StoreRefusedException or DbException or IOException or InvalidDataException
            or UnauthorizedAccessException or InvalidOperationException or Confluent.Kafka.KafkaException)
        {
            await error.WriteLineAsync(e.InnerException is { } inner ? $"{e.Message} ({inner.Message})" : e.Message);
        }

        return SettlementCommand.CannotWork;
    }

    /// <summary>The settings, checked.</summary>
    /// <exception cref="OptionsValidationException">With every fault.</exception>
    public SettlementOptions Read(ParseResult parsed)
    {
        var configuration = new ConfigurationBuilder();
        Configure(configuration, parsed);
        return SettlementHost.OptionsOf(configuration.Build());
    }
}
