using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Switch.Service.Idempotency;

/// <summary>A Lua script and the name by which a server that has it knows it: the SHA-1 of its text.</summary>
[SuppressMessage("Security", "CA5350", Justification = "Redis names scripts so; nothing relies on it as a hash.")]
internal sealed class RecordScript(string text)
{
    public string Text { get; } = text;

    /// <summary>20 bytes.</summary>
    public byte[] Hash { get; } = SHA1.HashData(Encoding.UTF8.GetBytes(text));
}
