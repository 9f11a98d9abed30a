using Switch.Load.CommandLine;
using Switch.Load.Doors;
using Switch.Load.Payments;

namespace Switch.Load.Runs;

/// <summary>What run and find-max share: where to, how, and what is sent.</summary>
internal sealed class LoadOptions
{
    private const string DefaultAddress = "http://127.0.0.1:7400";
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(15);
    private string? _authorities;
    private string? _certificate;
    private string? _key;
    private string? _serverName;

    public Uri Address { get; private set; } = new(DefaultAddress);

    public bool IsStream { get; private set; }

    public int Connections { get; private set; } = 4;

    public TimeSpan Patience { get; private set; } = DefaultPatience;

    public int UnansweredMax { get; private set; } = 10_000;

    public long Seed { get; private set; } = 1;

    public TerminalOfMerchant[] Terminals { get; private set; } = Payments.Terminals.OfSamples;

    public double RepeatPercent { get; private set; }

    public double DeclinePercent { get; private set; }

    public double ReversePercent { get; private set; }

    public Target Target => new()
    {
        Address = Address,
        AuthoritiesPath = _authorities,
        CertificatePath = _certificate,
        KeyPath = _key,
        ServerName = _serverName,
    };

    /// <summary>Adds the rows of all these.</summary>
    public OptionTable AddTo(OptionTable table) => table
        .Checked("--address", "URL", $"the terminal API ({DefaultAddress})", SetAddress)
        .Flag("--stream", "one stream a connection instead of a call a payment", () => IsStream = true)
        .Whole("--connections", 1, 10_000, "HTTP/2 connections (4)", n => Connections = n)
        .Seconds("--timeout", 0.1, 60, "seconds to wait for an answer (15)", time => Patience = time)
        .Whole("--unanswered-max", 1, 1_000_000, "with so many open, starts are dropped (10000)", SetUnanswered)
        .Whole("--seed", 0, int.MaxValue, "of cards, terminals, amounts and the mix (1)", n => Seed = n)
        .Whole(
            "--terminals", 1, Payments.Terminals.GeneratedMax, "so many generated ones; see the verb \"merchants\"",
            GenerateTerminals)
        .Checked("--terminals-file", "FILE", "those of a file, \"merchant,terminal\" a line (samples/)", ReadTerminals)
        .Number("--duplicates", 0, 90, "percent of requests that are retries (0)", n => RepeatPercent = n)
        .Number("--declines", 0, 100, "percent of payments whose amount ends in 51 (0)", n => DeclinePercent = n)
        .Number("--reversals", 0, 90, "percent of requests that take a payment back (0)", n => ReversePercent = n)
        .Text("--ca", "FILE", "PEM: authorities to trust instead of the system's", path => _authorities = path)
        .Text("--cert", "FILE", "PEM: certificate chain to show", path => _certificate = path)
        .Text("--key", "FILE", "PEM: its key, when not in the same file", path => _key = path)
        .Text("--server-name", "NAME", "what the certificate must be for (the address's host)", n => _serverName = n);

    /// <summary>What is wrong with them together; null when nothing is.</summary>
    public string? Fault() => RepeatPercent + ReversePercent > 90
        ? "--duplicates and --reversals leave too few payments: at most 90 together"
        : Target.Fault;

    /// <summary>What a run with these sends, its keys new.</summary>
    public JobSender Sender(Door door)
    {
        var wall = TimeProvider.System.GetUtcNow();
        var payments = new PaymentGenerator(
            Seed, PaymentGenerator.NameOfRun(wall), Terminals, DeclinePercent, wall);
        return new JobSender(door, new Mix(Seed, RepeatPercent, ReversePercent), payments);
    }

    public override string ToString() => FormattableString.Invariant(
        $"{Address}, {(IsStream ? "streams" : "unary")} over {Connections} connections, {Terminals.Length} terminals, ")
        + FormattableString.Invariant(
            $"seed {Seed}; {RepeatPercent} % duplicates, {DeclinePercent} % declines, {ReversePercent} % reversals");

    private string? SetAddress(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            return $"must be a URL such as {DefaultAddress} or https://switch.example:7400";
        Address = address;
        return null;
    }

    private void SetUnanswered(int count) => UnansweredMax = count;

    private void GenerateTerminals(int count) => Terminals = Payments.Terminals.Generate(count);

    private string? ReadTerminals(string path)
    {
        try
        {
            if (Payments.Terminals.Read(File.ReadAllLines(path), out var fault) is not { } terminals) return fault;
            Terminals = terminals;
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"can't be read ({e.Message})";
        }
    }
}
