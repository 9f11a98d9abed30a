using System.Collections.Frozen;
using Grpc.Core;

namespace Switch.Service.Telemetry;

/// <summary>gRPC status names as OpenTelemetry writes them, for example "INVALID_ARGUMENT".</summary>
internal static class StatusNames
{
    private static readonly FrozenDictionary<StatusCode, string> Names =
        Enum.GetValues<StatusCode>().Distinct().ToFrozenDictionary(code => code, Format);

    public static string Of(StatusCode code) => Names.TryGetValue(code, out var name) ? name : "UNKNOWN";

    private static string Format(StatusCode code)
    {
        if (code == StatusCode.OK) return "OK";
        var name = new System.Text.StringBuilder();
        foreach (var c in code.ToString())
        {
            if (char.IsAsciiLetterUpper(c) && name.Length > 0) name.Append('_');
            name.Append(char.ToUpperInvariant(c));
        }

        return name.ToString();
    }
}
