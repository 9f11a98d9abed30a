using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Switch.Settlement.Records;

/// <summary>
/// Where records and statistics are served, section <c>Settlement:Query</c>. In plaintext and on loopback only: who may
/// ask from elsewhere needs a name first, which is the portal's to check.
/// </summary>
internal sealed class QueryOptions : IValidatableObject
{
    /// <summary>gRPC (HTTP/2): an address of loopback and a port, 0 for any.</summary>
    [Required]
    public string Grpc { get; set; } = "127.0.0.1:7310";

    /// <summary>JSON (HTTP/1.1): plaintext HTTP can't negotiate its version, so it has a port of its own.</summary>
    [Required]
    public string Json { get; set; } = "127.0.0.1:7311";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (key, text) in ((string, string)[])[(nameof(Grpc), Grpc), (nameof(Json), Json)])
        {
            if (!IPEndPoint.TryParse(text, out var address) || !text.Contains(':', StringComparison.Ordinal))
                yield return new ValidationResult("expected address:port, for example 127.0.0.1:7310", [key]);
            else if (!IPAddress.IsLoopback(address.Address))
            {
                yield return new ValidationResult(
                    $"{address} is not loopback: the records are served without asking who reads them", [key]);
            }
        }
    }
}
