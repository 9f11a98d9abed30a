using System.Collections.Frozen;
using System.Text.Json;
using Switch.Contracts.V1;

namespace Switch.Service.ResponseCodes;

/// <summary>What a response code means to the switch (S14).</summary>
/// <param name="Code">DE 39, two characters.</param>
/// <param name="Outcome">Approved, partially approved or declined.</param>
/// <param name="TerminalText">For the terminal's display, at most 40 characters.</param>
/// <param name="RetryElsewhere">A definite answer that another acquirer may still turn into an approval.</param>
/// <param name="IsKnown">False for a code that the table lacks: it may have been an approval, so it is
/// reversed.</param>
internal sealed record ResponseCode(
    string Code, Outcome Outcome, string TerminalText, bool RetryElsewhere, bool IsKnown = true);

/// <summary>
/// The one table of response codes (S14): data, not code. The table inside the service can be replaced by a file.
/// </summary>
internal sealed class ResponseCodeTable
{
    /// <summary>DE 39 when an attempt never got an answer and is reversed (S5).</summary>
    public const string NoAnswer = "68";

    /// <summary>DE 39 when nothing could be sent to any acquirer.</summary>
    public const string Unavailable = "91";

    /// <summary>DE 39 for an authorization whose reversal came first (S9).</summary>
    public const string InvalidTransaction = "12";

    /// <summary>DE 39 in place of a partial approval that the terminal cannot take (S10).</summary>
    public const string InsufficientFunds = "51";

    private const int TerminalTextLengthMax = 40;
    private readonly FrozenDictionary<string, ResponseCode> _codes;
    private readonly ResponseCode _unknown;

    private ResponseCodeTable(FrozenDictionary<string, ResponseCode> codes, ResponseCode unknown)
    {
        _codes = codes;
        _unknown = unknown;
    }

    /// <summary>The code's meaning; one that the table lacks means what the table says of unknown codes.</summary>
    public ResponseCode this[string code] => _codes.TryGetValue(code, out var known) ? known : _unknown;

    /// <summary>The table that ships inside the service.</summary>
    public static ResponseCodeTable LoadDefault()
    {
        using var stream = typeof(ResponseCodeTable).Assembly.GetManifestResourceStream("response-codes.json")!;
        return Parse(stream, "response-codes.json");
    }

    /// <summary>A table from a file of the same format.</summary>
    /// <exception cref="InvalidDataException">The file is no such table; the message lists every fault.</exception>
    public static ResponseCodeTable Load(string path)
    {
        using var stream = File.OpenRead(path);
        return Parse(stream, path);
    }

    private static ResponseCodeTable Parse(Stream stream, string name)
    {
        var faults = new List<string>();
        var codes = new Dictionary<string, ResponseCode>(StringComparer.Ordinal);
        string unknown;
        try
        {
            using var document = JsonDocument.Parse(stream);
            foreach (var entry in document.RootElement.GetProperty("codes").EnumerateObject())
                codes[entry.Name] = ParseCode(entry, faults);
            unknown = document.RootElement.GetProperty("unknown").GetString() ?? "";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"{name}: not a response code table: {e.Message}", e);
        }

        foreach (var required in (string[])["00", NoAnswer, Unavailable, InvalidTransaction, InsufficientFunds])
            if (!codes.ContainsKey(required))
                faults.Add($"codes: {required} is missing; the switch itself answers with it");
        if (!codes.ContainsKey(unknown)) faults.Add($"unknown: {unknown} is not one of the codes");
        if (faults.Count > 0) throw new InvalidDataException($"{name}: {string.Join("; ", faults)}");
        return new ResponseCodeTable(
            codes.ToFrozenDictionary(StringComparer.Ordinal), codes[unknown] with { IsKnown = false });
    }

    private static ResponseCode ParseCode(JsonProperty entry, List<string> faults)
    {
        var text = entry.Value.TryGetProperty("text", out var t) ? t.GetString() ?? "" : "";
        var outcome = entry.Value.TryGetProperty("outcome", out var o) ? o.GetString() : null;
        var retryElsewhere = entry.Value.TryGetProperty("retry_elsewhere", out var r) && r.GetBoolean();
        if (entry.Name.Length != 2) faults.Add($"codes.{entry.Name}: a code has two characters");
        if (text.Length is 0 or > TerminalTextLengthMax)
            faults.Add($"codes.{entry.Name}.text: must have 1 to 40 characters");
        var parsed = outcome switch
        {
            "approved" => Outcome.Approved,
            "partially_approved" => Outcome.PartiallyApproved,
            "declined" => Outcome.Declined,
            _ => Outcome.Unspecified,
        };
        if (parsed == Outcome.Unspecified)
            faults.Add($"codes.{entry.Name}.outcome: must be approved, partially_approved or declined");
        if (retryElsewhere && parsed != Outcome.Declined)
            faults.Add($"codes.{entry.Name}.retry_elsewhere: only a decline may be retried elsewhere");
        return new ResponseCode(entry.Name, parsed, text, retryElsewhere);
    }
}
