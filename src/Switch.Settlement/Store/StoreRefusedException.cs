namespace Switch.Settlement.Store;

/// <summary>The store can't be used as it is; the message says why to a person. Nothing was changed.</summary>
internal sealed class StoreRefusedException(string message, Exception? cause = null) : Exception(message, cause);
