using Google.Protobuf;

namespace Switch.Contracts.V1;

/// <summary>
/// Generated messages print every field, and a logged request would print a card. This one prints none of its
/// values, wherever it is nested (G6).
/// </summary>
public sealed partial class Card : ICustomDiagnosticMessage
{
    /// <summary>What <see cref="object.ToString"/> shows: which data is present, never the data.</summary>
    public string ToDiagnosticString() =>
        $"{{ \"pan\": {Shown(Pan.Length)}, \"track2\": {Shown(Track2.Length)}, \"emvData\": {Shown(EmvData.Length)}, "
        + $"\"pinBlock\": {Shown(PinBlock.Length)} }}";

    private static string Shown(int length) => length == 0 ? "null" : "\"***\"";
}
