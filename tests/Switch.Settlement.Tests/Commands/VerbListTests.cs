using System.CommandLine;
using Microsoft.Extensions.Time.Testing;
using Switch.Settlement.Commands;

namespace Switch.Settlement.Tests.Commands;

/// <summary>The list of verbs in docs/settlement.md is the program's own.</summary>
public sealed class VerbListTests
{
    private const string Heading = "## Verbs";

    private static string Document => Path.Combine(AppContext.BaseDirectory, "../../../../../docs/settlement.md");

    [Fact]
    public void List_OfTheDocumentation_HasEveryVerbInTheOrderOfTheHelp()
    {
        var listed = File.ReadLines(Document)
            .SkipWhile(static line => line != Heading).Skip(1)
            .TakeWhile(static line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(static line => line[3..line.IndexOf('`', 3)]);

        Assert.Equal(Leaves(SettlementCommand.Build(new FakeTimeProvider()), ""), listed);
    }

    private static IEnumerable<string> Leaves(Command command, string path) => command.Subcommands.Count == 0
        ? [path]
        : command.Subcommands.SelectMany(sub => Leaves(sub, path.Length == 0 ? sub.Name : $"{path} {sub.Name}"));
}
