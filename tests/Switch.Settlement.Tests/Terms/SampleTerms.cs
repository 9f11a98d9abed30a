using Switch.Settlement.Terms;

namespace Switch.Settlement.Tests.Terms;

/// <summary>The sample's terms, as it ships.</summary>
internal static class SampleTerms
{
    public static string Path { get; } = System.IO.Path.Combine(Root(), "samples", "settlement.yaml");

    public static string Text { get; } = File.ReadAllText(Path);

    public static string MerchantsText { get; } =
        File.ReadAllText(System.IO.Path.Combine(Root(), "samples", "merchants.yaml"));

    public static SettlementTerms Read() => Read(Text);

    public static SettlementTerms Read(string text)
    {
        Assert.True(
            SettlementTerms.TryRead(text, "settlement.yaml", out var terms, out var faults),
            string.Join('\n', faults));
        return terms;
    }

    public static IReadOnlyList<string> Faults(string text)
    {
        Assert.False(SettlementTerms.TryRead(text, "settlement.yaml", out var terms, out var faults));
        Assert.Null(terms);
        return faults;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Switch.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Switch.sln is in no folder above the tests");
    }
}
