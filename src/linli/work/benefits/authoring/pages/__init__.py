"""The desk's pages of policies: 服务 → 惠民政策."""
