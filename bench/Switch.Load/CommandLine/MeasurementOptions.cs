namespace Switch.Load.CommandLine;

/// <summary>What every verb asks that starts programs of its own.</summary>
internal abstract class MeasurementOptions
{
    public OptionTable Table { get; } = new();

    public int Rounds { get; private set; } = 3;

    public long Seed { get; private set; } = 1;

    public string? Json { get; private set; }

    public string? Html { get; private set; }

    public string? WorkFolder { get; private set; }

    public bool Keep { get; private set; }

    /// <summary>Adds them behind those that only the verb has.</summary>
    protected void AddShared(bool drawsCharts = false)
    {
        Table.Whole("--rounds", 1, 100, "of every measurement (3)", n => Rounds = n)
            .Whole("--seed", 0, int.MaxValue, "of cards, terminals and amounts (1)", n => Seed = n)
            .Text("--json", "FILE", "write every measurement as JSON", path => Json = path);
        if (drawsCharts) Table.Text("--html", "FILE", "write a report with charts", path => Html = path);
        Table.Text("--work", "FOLDER", "where journals, Redis files and logs go (a temporary folder)", SetFolder)
            .Flag("--keep", "keep that folder", () => Keep = true);
    }

    private void SetFolder(string folder) => WorkFolder = folder;
}
