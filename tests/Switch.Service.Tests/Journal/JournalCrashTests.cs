using System.Diagnostics;
using System.Diagnostics.Metrics;
using Switch.Service.Journal;

namespace Switch.Service.Tests.Journal;

/// <summary>A process is killed in the middle of writing; whatever it was told is durable must be there.</summary>
public sealed class JournalCrashTests
{
    private const string PathVariable = "SWITCH_TEST_JOURNAL_CHILD";
    private const int WritesBeforeKill = 2_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_InTheMiddleOfWriting_LosesNothingAcknowledgedAndTearsNoStep()
    {
        await using var harness = new JournalHarness();
        using var child = StartChild(harness.Options.Path);
        var acknowledgements = harness.Options.Path + ".acks";
        try
        {
            while (!File.Exists(acknowledgements) || new FileInfo(acknowledgements).Length < WritesBeforeKill * 9)
            {
                Assert.False(child.HasExited, "The child ended by itself.");
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
            }

            // Another process has the journal, so this one may not.
            Assert.Throws<JournalOpenException>(() => harness.Journal);
        }
        finally
        {
            child.Kill();
            await child.WaitForExitAsync(Cancel);
        }

        var acknowledged = (await File.ReadAllTextAsync(acknowledgements, Cancel))
            .Split('\n').Where(line => line.Length == 8).Select(line => Convert.ToInt32(line, 16)).ToHashSet();
        Assert.True(acknowledged.Count >= WritesBeforeKill);
        await AssertWholeAsync(harness.Journal, acknowledged);
    }

    /// <summary>The child: odd numbers open an intent and stay open, even ones open and close in two steps.</summary>
    [Fact(Explicit = true)]
    public async Task Child_WritesUntilKilled()
    {
        var path = Environment.GetEnvironmentVariable(PathVariable);
        Assert.NotNull(path);
        using var meter = new Meter("child");
        var journal = SqliteJournal.Open(
            new JournalOptions { Path = path }, TimeProvider.System, new JournalMetrics(meter));
        await using var acknowledgements = new FileStream(
            path + ".acks", FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var gate = new Lock();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Task.Run(
            async () =>
            {
                for (var number = writer; ; number += 16)
                {
                    Assert.Equal(JournalFault.None, await journal.WriteAsync(Steps.Open(number)));
                    if (number % 2 == 0)
                        Assert.Equal(JournalFault.None, await journal.WriteAsync(Outcome(number)));
                    lock (gate) acknowledgements.Write(System.Text.Encoding.ASCII.GetBytes($"{number:x8}\n"));
                }
            },
            Cancel)));
    }

    private static async Task AssertWholeAsync(SqliteJournal journal, HashSet<int> acknowledged)
    {
        var open = journal.ReadOpenIntents().Select(row => row.TransactionId).ToHashSet();
        var advices = journal.ReadAdvices().Select(row => row.TransactionId).ToHashSet();
        var events = (await journal.ReadOutboxAsync(0, int.MaxValue, Cancel))
            .GroupBy(e => e.PartitionKey).ToDictionary(group => group.Key, group => group.Count());
        foreach (var number in acknowledged)
        {
            Assert.Equal(number % 2 == 1, open.Contains(Steps.Id(number)));
            Assert.Equal(number % 2 == 0 ? 2 : 0, events.GetValueOrDefault(Steps.Id(number)));
            Assert.Equal(number % 2 == 0, advices.Contains(Steps.Id(number)));
        }

        // What was not acknowledged is there whole or not at all: an outcome never beside its intent, never half.
        foreach (var (id, count) in events)
        {
            Assert.Equal(2, count);
            Assert.Contains(id, advices);
            Assert.DoesNotContain(id, open);
        }

        Assert.Equal(events.Count, advices.Count);
    }

    private static JournalStep Outcome(int number) => new()
    {
        CloseIntent = Steps.Id(number),
        Events = [Steps.Event(number), Steps.Event(number, "reversal")],
        Advice = Steps.Advice(number),
    };

    private static Process StartChild(string path)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[]
                 {
                     "exec", typeof(JournalCrashTests).Assembly.Location, "--explicit", "only", "--filter-method",
                     $"{typeof(JournalCrashTests).FullName}.{nameof(Child_WritesUntilKilled)}",
                 })
            start.ArgumentList.Add(argument);
        start.Environment[PathVariable] = path;
        var child = Process.Start(start)!;
        child.BeginOutputReadLine();
        child.BeginErrorReadLine();
        return child;
    }
}
