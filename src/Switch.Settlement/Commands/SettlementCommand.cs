using System.CommandLine;
using System.CommandLine.Invocation;

namespace Switch.Settlement.Commands;

/// <summary>The command line: without a verb the program consumes; each verb is one thing that a person does.</summary>
internal static class SettlementCommand
{
    /// <summary>Exit status of what was done.</summary>
    public const int Done = 0;

    /// <summary>Exit status of a refusal: nothing was changed, and standard error says why.</summary>
    public const int Refused = 1;

    /// <summary>Exit status when the store, a file or the configuration is in the way.</summary>
    public const int CannotWork = 2;

    /// <summary>Exit status of a close whose files were not all written.</summary>
    public const int Incomplete = 3;

    private const string About = """
        Settles what the switch has told over Kafka: ledger, fees, closes, payouts, files, reconciliation, records.
        Without a verb it consumes events until it is stopped, answers queries and tells webhooks.

        The books can be written and closed by several processes at once. Exit status: 0 done, 1 refused (nothing was
        changed), 2 the store, a file or the configuration is in the way, 3 the day was closed but its files were not
        all written.
        """;

    /// <summary>Reads the arguments and does what they say.</summary>
    public static Task<int> RunAsync(string[] args, TimeProvider time) =>
        RunAsync(args, time, Console.Out, Console.Error);

    /// <summary>The same with other places for what is said.</summary>
    public static async Task<int> RunAsync(string[] args, TimeProvider time, TextWriter output, TextWriter error)
    {
        var parsed = Build(time).Parse(args);
        var settings = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            // A stop waits for what is in flight.
            ProcessTerminationTimeout = TimeSpan.FromMinutes(1),
        };
        if (parsed.Action is not ParseErrorAction fault) return await parsed.InvokeAsync(settings);

        // The faults are enough; and the library's own status, 1, here says that something was refused.
        fault.ShowHelp = false;
        await parsed.InvokeAsync(settings);
        await error.WriteLineAsync("--help shows what there is");
        return CannotWork;
    }

    internal static RootCommand Build(TimeProvider time)
    {
        var shared = new SharedOptions(time);
        var root = new RootCommand(About);
        shared.AddTo(root);
        root.SetAction((parsed, stop) => ConsumeVerb.RunAsync(shared, parsed, stop));
        root.Add(CloseVerb.Build(shared));
        root.Add(FileVerbs.Statement(shared));
        root.Add(FileVerbs.Files(shared));
        root.Add(ReconcileVerbs.Reconcile(shared));
        root.Add(ReconcileVerbs.Exceptions(shared));
        root.Add(ReconcileVerbs.Resolve(shared));
        root.Add(MoneyVerbs.Balances(shared));
        root.Add(MoneyVerbs.Explain(shared));
        root.Add(MoneyVerbs.Adjust(shared));
        root.Add(MoneyVerbs.Hold(shared));
        root.Add(MoneyVerbs.Release(shared));
        root.Add(DeadLetterVerbs.Build(shared));
        root.Add(RebuildVerb.Build(shared));
        root.Add(ExportVerb.Build(shared));
        root.Add(WebhookVerbs.Build(shared));
        root.Add(MeasureVerbs.Build(shared));
        return root;
    }
}
